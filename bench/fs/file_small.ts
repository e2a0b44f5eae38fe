import { createStoreContext, getBytes, readInto } from "@lade/core";
import { openFileStore } from "@lade/fs";
import { type Bench, rateOf } from "../bench.ts";
import { makeFile, makeWorkspace } from "../workspace.ts";

const SIZE = 2 ** 16;
const FILES = 2000;

/** Small cached files, one after the other. */
export const fileSmall: Bench = smallFiles("file-small", 1, 0.8);

/** Small cached files, many at once. */
export const fileSmallMany: Bench = smallFiles("file-small-many", 16, 1.5);

function smallFiles(name: string, inFlight: number, atLeast: number): Bench {
  return {
    name,
    title: `file:// get of ${FILES} x 64 KiB, cached, ${inFlight} in flight`,
    async prepare() {
      const workspace = await makeWorkspace();
      const keys = Array.from({ length: FILES }, (_, i) => `object-${i}`);
      for (const [i, key] of keys.entries()) await makeFile(`${workspace.path}/${key}`, SIZE, i);
      const context = createStoreContext();
      const store = await openFileStore(workspace.path, { context });
      const slabs = Array.from({ length: inFlight }, () => context.buffers.lease(SIZE));
      const each = (read: (key: string, buffer: Uint8Array) => Promise<unknown>) =>
        rateOf(FILES, async () => {
          const iterator = keys.values();
          await Promise.all(slabs.map(async ({ bytes }) => {
            for (const key of iterator) await read(key, bytes);
          }));
        });
      return {
        contenders: [
          { name: "lade readInto", run: () => each((key, buffer) => readInto(store, key, buffer)) },
          { name: "lade getBytes", run: () => each((key) => getBytes(store, key)) },
          {
            name: "bare calls",
            run: () => each((key, buffer) => readBare(`${workspace.path}/${key}`, buffer)),
          },
          { name: "Deno.readFile", run: () => each((key) => Deno.readFile(`${workspace.path}/${key}`)) },
        ],
        bars: [
          { ours: "lade readInto", baseline: "Deno.readFile", atLeast },
          // Into fresh memory, which Deno.readFile gets and fills on the other core.
          { ours: "lade getBytes", baseline: "Deno.readFile", atLeast: 0.8 },
        ],
        unit: "calls",
        async [Symbol.asyncDispose]() {
          await store[Symbol.asyncDispose]();
          await workspace[Symbol.asyncDispose]();
        },
      };
    },
  };
}

/** The calls of the system that a safe read makes, and nothing else: what bounds a read by one thread. */
async function readBare(path: string, buffer: Uint8Array): Promise<void> {
  Deno.lstatSync(path);
  using file = Deno.openSync(path);
  file.readSync(buffer);
  file.statSync();
}
