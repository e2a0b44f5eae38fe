import { getBytes } from "@lade/core";
import { openFileStore } from "@lade/fs";
import { type Bench, rateOf } from "../bench.ts";
import { makeFile, makeWorkspace } from "../workspace.ts";

const SIZE = 2 ** 30;

/** A cached file into memory that nobody used before. */
export const fileFresh: Bench = {
  name: "file-fresh",
  title: "file:// read of 1 GiB, cached, into a fresh buffer",
  async prepare() {
    const workspace = await makeWorkspace();
    const path = `${workspace.path}/data`;
    await makeFile(path, SIZE);
    const store = await openFileStore(workspace.path);
    return {
      contenders: [
        { name: "lade getBytes", run: () => rateOf(SIZE, () => getBytes(store, "data")) },
        { name: "Deno.readFile", run: () => rateOf(SIZE, () => Deno.readFile(path)) },
      ],
      bars: [{ ours: "lade getBytes", baseline: "Deno.readFile", atLeast: 3 }],
      unit: "bytes",
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        await workspace[Symbol.asyncDispose]();
      },
    };
  },
};
