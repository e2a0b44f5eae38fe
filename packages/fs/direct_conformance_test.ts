import { conformance, type OpenedForTest, providerConformance } from "@lade/testing/conformance";
import { directProvider, type DirectStoreOptions, openDirectStore } from "./mod.ts";
import { makeRoot } from "./testing/make_root.ts";

async function opened(options: DirectStoreOptions = {}, parent?: string): Promise<OpenedForTest> {
  const root = await makeRoot(parent);
  const store = await openDirectStore(root.path, options);
  return { store, [Symbol.asyncDispose]: () => root[Symbol.asyncDispose]() };
}

conformance("direct://", () => opened(), Deno.test);

conformance(
  "direct:// that waits for the disk and follows links",
  () => opened({ sync: "data", symlinks: "follow" }, "/dev/shm"),
  Deno.test,
);

providerConformance(
  "direct:// provider",
  async () => {
    const parent = await makeRoot();
    let count = 0;
    return {
      provider: directProvider,
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
