import { conformance, type OpenedForTest } from "@lade/testing/conformance";
import { MemoryContainer, type MemoryContainerOptions } from "./memory_container.ts";
import { MemoryStore } from "./memory_store.ts";

async function open(options: MemoryContainerOptions = {}): Promise<OpenedForTest> {
  const store = new MemoryStore({ container: new MemoryContainer(options) });
  return { store, [Symbol.asyncDispose]: async () => await store[Symbol.asyncDispose]() };
}

conformance("MemoryStore", () => open(), Deno.test);
conformance("MemoryStore with versions", () => open({ versioning: true }), Deno.test);
conformance("MemoryStore with checksums", () => open({ checksums: true }), Deno.test);
