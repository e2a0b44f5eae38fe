import { getBytes } from "@lade/core";
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
      const store = await openFileStore(workspace.path);
      const each = (read: (key: string) => Promise<unknown>) =>
        rateOf(FILES, async () => {
          const iterator = keys.values();
          const lane = async () => {
            for (const key of iterator) await read(key);
          };
          await Promise.all(Array.from({ length: inFlight }, lane));
        });
      return {
        contenders: [
          { name: "lade getBytes", run: () => each((key) => getBytes(store, key)) },
          { name: "Deno.readFile", run: () => each((key) => Deno.readFile(`${workspace.path}/${key}`)) },
        ],
        bars: [{ ours: "lade getBytes", baseline: "Deno.readFile", atLeast }],
        unit: "calls",
        async [Symbol.asyncDispose]() {
          await store[Symbol.asyncDispose]();
          await workspace[Symbol.asyncDispose]();
        },
      };
    },
  };
}
