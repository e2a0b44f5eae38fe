/**
 * Runs the conformance suites with a store and a provider of Windows' paths, in the working directory: prints what fails, and
 * how many cases there were.
 *
 * @module
 */
import "./as_windows.ts";
import { PrefixStore } from "@lade/core";
import { conformance, providerConformance } from "@lade/testing/conformance";

const { fileProvider, openFileStore } = await import("../mod.ts");

const cases: (readonly [name: string, run: () => void | Promise<void>])[] = [];
const register = (name: string, run: () => void | Promise<void>) => void cases.push([name, run]);
let count = 0;

async function openedBelow(open: (name: string) => ReturnType<typeof openFileStore>) {
  const name = `root-${count++}`;
  await Deno.mkdir(`C:/${name}`);
  return {
    store: await open(name),
    [Symbol.asyncDispose]: () => Deno.remove(`C:/${name}`, { recursive: true }),
  };
}

const NAMES = "Windows has no such names";
const KEYS = "a file in a directory is parsed as a key below its drive";
const suite = {
  skip: {
    "list() takes pattern characters in the prefix as themselves": NAMES,
    "delete() takes pattern characters as themselves": NAMES,
    "deleteMany() deletes the given objects and no others": NAMES,
    "keys with spaces stand for themselves": NAMES,
    "keys with characters of URLs stand for themselves": NAMES,
    "keys with quotes and markup stand for themselves": NAMES,
    "keys with pattern characters stand for themselves": NAMES,
  },
};

await Deno.mkdir("C:");
conformance(
  "a directory that refuses links",
  () => openedBelow((name) => openFileStore(`c:\\${name}`, { sync: "full", symlinks: "refuse" })),
  register,
  suite,
);
conformance(
  "a drive",
  async () => {
    const { store, [Symbol.asyncDispose]: dispose } = await openedBelow(() => openFileStore("C:\\"));
    return { store: new PrefixStore(store, `root-${count - 1}/`), [Symbol.asyncDispose]: dispose };
  },
  register,
  suite,
);
providerConformance(
  "provider",
  async () => {
    await Deno.mkdir("C:/containers", { recursive: true });
    return {
      provider: fileProvider,
      newName: () => `C:/containers/${count++}`,
      [Symbol.asyncDispose]: () => Deno.remove("C:/containers", { recursive: true }),
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

const failed: string[] = [];
for (const [name, run] of cases) {
  try {
    await run();
  } catch (error) {
    failed.push(`${name}: ${error instanceof Error ? error.message : error}`);
  }
}
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify({ count: cases.length, failed })));
// Time limits of the cases may still be running.
Deno.exit();
