/** The contract of stores and of providers, asked of the files of this runtime. Its tests are Node's. */
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { directProvider, fileProvider, openDirectStore, openFileStore } from "@lade/fs";
import { conformance, providerConformance } from "@lade/testing/conformance";

async function makeRoot() {
  const path = await realpath(await mkdtemp(`${tmpdir()}/lade-`));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

const register = (name: string, run: () => Promise<void>) => void test(name, run);

for (const [scheme, open] of [["file", openFileStore], ["direct", openDirectStore]] as const) {
  conformance(
    `${scheme}://`,
    async () => {
      const root = await makeRoot();
      const store = await open(root.path, scheme === "file" ? { symlinks: "refuse" } : {});
      return { store, [Symbol.asyncDispose]: () => root[Symbol.asyncDispose]() };
    },
    register,
  );
}

const KEYS = 'a file in a directory is parsed as a key below "/"';

for (const provider of [fileProvider, directProvider]) {
  providerConformance(
    `provider of ${provider.schemes[0]}://`,
    async () => {
      const root = await makeRoot();
      let count = 0;
      return {
        provider,
        newName: () => `${root.path}/container-${count++}`,
        [Symbol.asyncDispose]: () => root[Symbol.asyncDispose](),
      };
    },
    register,
    {
      skip: {
        "parse() gives back what format() was given": KEYS,
        "parse() takes the scheme in any case": KEYS,
      },
    },
  );
}
