import {
  copyObject,
  getBytes,
  MemoryStore,
  type ObjectStore,
  PreconditionFailedError,
  readChunks,
  type ReadOptions,
} from "@lade/core";
import { assertRejects } from "@std/assert";
import { testBoth } from "../testing/both_stores.ts";

const READS: Readonly<Record<string, (store: ObjectStore, options: ReadOptions) => Promise<unknown>>> = {
  "getBytes()": (store, options) => getBytes(store, "log", options),
  "readChunks()": async (store, options) => Array.fromAsync(await readChunks(store, "log", options)),
  "copyObject()": (store, options) => copyObject(store, "log", new MemoryStore(), "copy", options),
};

const CHANGES: Readonly<Record<string, (path: string) => void>> = {
  "grows": (path) => Deno.writeTextFileSync(path, "line\n", { append: true }),
  "becomes shorter": (path) => Deno.truncateSync(path, 5000),
  "is replaced": (path) => {
    Deno.writeFileSync(`${path}.new`, new Uint8Array(20_000));
    Deno.renameSync(`${path}.new`, path);
  },
};

for (const [name, read] of Object.entries(READS)) {
  for (const [what, change] of Object.entries(CHANGES)) {
    testBoth(`${name} says that the file changed when it ${what} meanwhile`, async ({ root, store }) => {
      root.write("log", new Uint8Array(20_000));
      let changed = false;
      const onProgress = (event: { readonly type: string }) => {
        if (changed || event.type !== "bytes") return;
        changed = true;
        change(root.file("log"));
      };
      await assertRejects(
        () => read(store, { chunkSize: 4096, concurrency: 1, onProgress }),
        PreconditionFailedError,
        "the file changed while it was read",
      );
    });
  }
}
