/**
 * Opens a data set of many objects as a program of its own, and begins several epochs: `many_keys_process.ts COUNT` lists
 * them, `many_keys_process.ts COUNT DIRECTORY` reads their manifest there, and writes it where there is none. Prints what
 * memory that took, as JSON.
 */
import { memoryUsage } from "node:process";
import { MemoryStore, type ObjectMeta, type ObjectStore } from "@lade/core";
import { ForwardingStore } from "@lade/core/layers";
import { openFileStore } from "@lade/fs";
import { createLoader, isMapDataset, MANIFEST_NAME, openDataset, writeManifest } from "@lade/loader";
import { ObjectTable } from "../../packages/loader/datasets/object_table.ts";

/** What is printed: bytes that the process held. */
export interface ManyKeys {
  /** Before the data set was opened. */
  readonly before: number;
  /** Once it was open. */
  readonly opened: number;
  /** Behind each epoch. */
  readonly epochs: readonly number[];
}

const IN_FOLDER = 1000;
const EPOCHS = 5;
const BATCHES = 20;

/** Objects that are made as they are listed, with names as long as those of ImageNet, and tags as services give them. */
function* objects(count: number): Generator<ObjectMeta> {
  const tag = new Uint8Array(16);
  const lastModified = new Date(0);
  for (let index = 0; index < count; index++) {
    new DataView(tag.buffer).setUint32(12, index);
    const folder = `n${String(Math.floor(index / IN_FOLDER)).padStart(8, "0")}`;
    const key = `train/${folder}/${folder}_${String(index % IN_FOLDER).padStart(5, "0")}.JPEG`;
    yield { key, size: 1, etag: tag.toHex(), lastModified };
  }
}

/** A store that lists so many objects, and has none of them. */
class ManyObjects extends ForwardingStore {
  readonly #count: number;

  constructor(count: number) {
    super(new MemoryStore());
    this.#count = count;
  }

  // deno-lint-ignore require-await
  override async *list(): AsyncGenerator<ObjectMeta> {
    yield* objects(this.#count);
  }
}

async function hasManifest(store: ObjectStore): Promise<boolean> {
  for await (const { key } of store.list("")) if (key === MANIFEST_NAME) return true;
  return false;
}

/** What the process holds, garbage left out as far as it can be told apart. */
function held(): number {
  (globalThis as { gc?: () => void }).gc?.();
  return memoryUsage().rss;
}

if (import.meta.main) {
  const [count = 0, directory] = [Number(Deno.args[0]), Deno.args[1]];
  await using store = directory === undefined ? new ManyObjects(count) : await openFileStore(directory);
  if (directory !== undefined && !await hasManifest(store)) {
    await writeManifest(store, "", { kind: "files", objects: await ObjectTable.of(objects(count)) });
    Deno.exit(0);
  }
  const before = held();
  await using dataset = await openDataset(store, "");
  if (!isMapDataset(dataset) || dataset.length !== count) {
    throw new TypeError(`other than ${count} objects were opened`);
  }
  const opened = held();
  const epochs: number[] = [];
  const options = { batchSize: 64, shuffle: "full", onError: "skip", maxSkipped: Infinity } as const;
  await using loader = createLoader(dataset, options);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    loader.seek({ epoch });
    let step = 0;
    for await (const _ of loader) if (++step === BATCHES) break;
    epochs.push(held());
  }
  const told: ManyKeys = { before, opened, epochs };
  console.log(JSON.stringify(told));
}
