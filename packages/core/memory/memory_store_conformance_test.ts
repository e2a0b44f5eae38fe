import { conformance, type OpenedForTest } from "@lade/testing/conformance";
import { MemoryContainer } from "./memory_container.ts";
import { MemoryStore } from "./memory_store.ts";

async function open(versioning: boolean): Promise<OpenedForTest> {
  const store = new MemoryStore({ container: new MemoryContainer({ versioning }) });
  return { store, [Symbol.asyncDispose]: async () => await store[Symbol.asyncDispose]() };
}

conformance("MemoryStore", () => open(false), Deno.test);
conformance("MemoryStore with versions", () => open(true), Deno.test);
