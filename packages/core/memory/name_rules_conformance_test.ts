import { conformance } from "@lade/testing/conformance";
import { observe } from "../layers/observe.ts";
import { PrefixStore } from "../layers/prefix_store.ts";
import type { ObjectStore } from "../contract/object_store.ts";
import { MemoryContainer, type NameRules } from "./memory_container.ts";
import { MemoryStore } from "./memory_store.ts";

/** The rules of Azure Blob Storage ("Naming and Referencing Containers, Blobs, and Metadata"). */
const AZURE: NameRules = {
  keyFault(key) {
    if (key.length > 1024) return `the key has ${key.length} characters of UTF-16, 1024 is the most`;
    const segments = key.split("/");
    if (segments.length > 254) return `the key has ${segments.length} segments, 254 is the most`;
    if (/[./\\]$/.test(key)) return "the key ends in a dot, a slash or a backslash";
    if (segments.some((segment) => segment.endsWith("."))) return "a segment of the key ends in a dot";
    if (key.includes("\\")) return "the key has a backslash, which the service takes for a slash";
    // deno-lint-ignore no-control-regex
    return /[\0-\x1f\x7f-\x9f\ufffe\uffff]/.test(key) ? "the key has a control character" : undefined;
  },
  metadataNameFault: (name) =>
    /^[a-z_][a-z0-9_]*$/.test(name) ? undefined : "the name is no identifier as C# has them",
};

/** The rules of Google Cloud Storage ("About Cloud Storage objects"). */
const GCS: NameRules = {
  keyFault(key) {
    const bytes = new TextEncoder().encode(key).length;
    if (bytes > 1024) return `the key has ${bytes} bytes of UTF-8, 1024 is the most`;
    if (/[\r\n]/.test(key)) return "the key has a carriage return or a line feed";
    if (key === "." || key === "..") return 'no key is "." or ".."';
    return key.startsWith(".well-known/acme-challenge/")
      ? 'no key begins with ".well-known/acme-challenge/"'
      : undefined;
  },
};

function test(name: string, names: NameRules, layered: (store: ObjectStore) => ObjectStore): void {
  conformance(name, () => {
    const store = layered(new MemoryStore({ container: new MemoryContainer({ names }) }));
    return Promise.resolve({ store, [Symbol.asyncDispose]: async () => await store[Symbol.asyncDispose]() });
  }, Deno.test);
}

test("MemoryStore with the names of Azure", AZURE, (store) => store);
test("MemoryStore with the names of GCS", GCS, (store) => store);
test(
  "PrefixStore over the names of Azure",
  AZURE,
  (store) => new PrefixStore(observe(store, () => {}), "a/"),
);
