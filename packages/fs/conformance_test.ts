import { PrefixStore } from "@lade/core";
import { conformance, type OpenedForTest, providerConformance } from "@lade/core/conformance";
import {
  directProvider,
  type DirectStoreOptions,
  fileProvider,
  openDirectStore,
  openFileStore,
} from "./mod.ts";

type Open = (root: string, options?: DirectStoreOptions) => ReturnType<typeof openFileStore>;

async function opened(open: Open, options: DirectStoreOptions): Promise<OpenedForTest> {
  const root = await Deno.makeTempDir();
  const store = await open(root, options);
  return { store, [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) };
}

for (const [name, open] of [["file", openFileStore], ["direct", openDirectStore]] as const) {
  conformance(`${name}://`, () => opened(open, {}), Deno.test);
  conformance(`${name}:// with every sync`, () => opened(open, { sync: "full" }), Deno.test);
  conformance(`${name}:// that follows links`, () => opened(open, { symlinks: "follow" }), Deno.test);
  conformance(`${name}:// that refuses links`, () => opened(open, { symlinks: "refuse" }), Deno.test);
}

conformance(
  "file:// rooted at /",
  async () => {
    const root = await Deno.makeTempDir();
    const store = new PrefixStore(await openFileStore("/"), `${root.slice(1)}/`);
    return { store, [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) };
  },
  Deno.test,
  { maxKeyBytes: 900 },
);

const namesTheSame = 'a path in a directory is named by the key below "/"';

for (const [name, provider] of [["file", fileProvider], ["direct", directProvider]] as const) {
  providerConformance(
    `${name}:// provider`,
    async () => {
      const parent = await Deno.makeTempDir();
      let count = 0;
      return {
        provider,
        newName: () => `${parent}/container-${count++}`,
        [Symbol.asyncDispose]: () => Deno.remove(parent, { recursive: true }),
      };
    },
    Deno.test,
    {
      skip: {
        "parse() gives back what format() was given": namesTheSame,
        "parse() takes the scheme in any case": namesTheSame,
      },
    },
  );
}
