import { assertEquals } from "@std/assert";
import type { ObjectStore } from "../contract/object_store.ts";
import type { ObjectTree } from "../contract/object_tree.ts";
import { MemoryStore } from "../memory/memory_store.ts";
import { deletePrefix } from "./delete_prefix.ts";

Deno.test("deletePrefix() tells of a directory only where it could not be removed", async () => {
  const error = new Error("busy");
  const tree: Pick<ObjectTree, "remove"> = {
    async *remove() {
      yield { key: "d/kept/", kind: "directory", error };
      yield { key: "d/gone/", kind: "directory" };
      yield { key: "d/link", kind: "link" };
    },
  };
  const store: ObjectStore = Object.assign(new MemoryStore(), { tree: tree as ObjectTree });
  const results = await Array.fromAsync(deletePrefix(store, "d/"));
  assertEquals(results, [{ key: "d/kept/", error }, { key: "d/link" }]);
});
