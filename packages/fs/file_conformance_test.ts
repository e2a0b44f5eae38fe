import { PrefixStore } from "@lade/core";
import { conformance, type OpenedForTest, providerConformance } from "@lade/testing/conformance";
import { fileProvider, type FileStoreOptions, openFileStore } from "./mod.ts";
import { makeRoot } from "./testing/make_root.ts";

async function opened(options: FileStoreOptions = {}): Promise<OpenedForTest> {
  const root = await makeRoot();
  const store = await openFileStore(root.path, options);
  return { store, [Symbol.asyncDispose]: () => root[Symbol.asyncDispose]() };
}

conformance("file://", () => opened(), Deno.test);

conformance("file:// that refuses links", () => opened({ symlinks: "refuse" }), Deno.test);

conformance(
  "file:// rooted at /, that waits for the disk",
  async () => {
    const root = await makeRoot("/dev/shm");
    const store = new PrefixStore(await openFileStore("/", { sync: "full" }), `${root.path.slice(1)}/`);
    return { store, [Symbol.asyncDispose]: () => root[Symbol.asyncDispose]() };
  },
  Deno.test,
);

providerConformance(
  "file:// provider",
  async () => {
    const parent = await makeRoot();
    let count = 0;
    return {
      provider: fileProvider,
      newName: () => `${parent.path}/container-${count++}`,
      [Symbol.asyncDispose]: () => parent[Symbol.asyncDispose](),
    };
  },
  Deno.test,
  {
    skip: {
      "parse() gives back what format() was given": 'a file in a directory is parsed as a key below "/"',
      "parse() takes the scheme in any case": 'a file in a directory is parsed as a key below "/"',
    },
  },
);
