import { assert, assertEquals } from "@std/assert";
import { PreconditionFailedError, type ProgressEvent } from "@lade/core";
import { AllStores, type Kind, KINDS } from "./all_stores.ts";

const SIZE = 3 * 2 ** 20;

const CHANGES = {
  "grows": (bytes: Uint8Array) => new Uint8Array([...bytes, 1, 2, 3]),
  "shrinks": (bytes: Uint8Array) => bytes.slice(0, SIZE - 5),
  "is emptied": () => new Uint8Array(0),
  "gets other bytes of the same size": (bytes: Uint8Array) => bytes.map((byte) => byte ^ 1),
} as const;

/** Makes what changes an object of a kind at once, as another program does; `inPlace` writes to the same file. */
async function changeOf(stores: AllStores, kind: Kind, name: string, inPlace: boolean) {
  const key = `src/${name}`;
  if (kind === "s3") return (bytes: Uint8Array) => void stores.s3.putObject("pairs", key, bytes);
  if (kind === "az") return (bytes: Uint8Array) => void stores.az.putBlob("pairs", key, bytes);
  if (kind === "gs") return (bytes: Uint8Array) => void stores.gs.putObject("pairs", key, bytes);
  if (kind === "memory") {
    const { store, key } = await stores.lade.locate(stores.prefix(kind, "src") + name);
    return (bytes: Uint8Array) => void store.put(key, bytes);
  }
  const path = `${stores.directory.path}/${key}`;
  return (bytes: Uint8Array) => {
    Deno.writeFileSync(inPlace ? path : `${path}.new`, bytes);
    if (!inPlace) Deno.renameSync(`${path}.new`, path);
  };
}

for (const kind of KINDS) {
  const isLocal = kind === "file" || kind === "direct";
  for (const [what, change] of Object.entries(CHANGES)) {
    for (const inPlace of isLocal ? [true, false] : [false]) {
      const how = isLocal ? inPlace ? " in place" : " by a file in its place" : "";
      Deno.test(`an object of ${kind} that ${what}${how} while it is read fails, and the rest goes`, async () => {
        await using stores = await AllStores.start();
        const bytes = new Uint8Array(SIZE).map((_, at) => at >> 9);
        const from = stores.prefix(kind, "src");
        const target = kind === "memory" ? "file" : "memory";
        for (const move of [false, true]) {
          const name = `changing-${move}`;
          await stores.lade.put(`${from}${name}`, bytes);
          await stores.lade.put(`${from}rest-${move}`, "rest");
          if (isLocal) await Deno.utime(`${stores.directory.path}/src/${name}`, 1, 1);
          const apply = await changeOf(stores, kind, name, inPlace);
          const after = change(bytes);
          let changed = 0;
          const onProgress = ({ type, key }: ProgressEvent) => {
            if (type === "bytes" && key.endsWith(name) && changed++ === 0) apply(after);
          };
          const request = { from, to: stores.prefix(target, "dst"), recursive: true, move };
          const error = await stores.lade.transfer({ ...request, chunkSize: 2 ** 18, onProgress })
            .then(() => undefined, (error) => error);
          assert(changed > 0, "nothing was read");
          assert(error instanceof AggregateError, String(error));
          assertEquals(error.errors.length, 1);
          assert(error.errors[0] instanceof PreconditionFailedError, String(error.errors[0]));
          assertEquals((await stores.contents(target, "dst")).has(name), false);
          assertEquals((await stores.contents(target, "dst")).has(`rest-${move}`), true);
          // What is there now is what the other program wrote, and nothing is left half-done.
          assertEquals((await stores.contents(kind, "src")).get(name), after);
          assertEquals((await stores.contents(kind, "src")).has(`rest-${move}`), !move);
          assertEquals(await stores.leftovers(), []);
          await stores.lade.remove(`${from}${name}`);
          if (!move) await stores.lade.remove(`${from}rest-${move}`);
        }
      });
    }
  }
}
