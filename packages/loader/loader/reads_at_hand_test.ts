import { Buffer } from "node:buffer";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { type HeldObject, holdAtHand, type HoldingStore } from "@lade/core/seams";
import type { ObjectStore } from "@lade/core";
import { indexObject } from "@lade/formats/index";
import { TarWriter } from "@lade/formats/tar";
import { openFileStore } from "@lade/fs";
import { samplesDataset } from "../datasets/samples_dataset.ts";
import { createLoader } from "./create_loader.ts";
import { SampleError } from "./sample_error.ts";

const SAMPLES = 60;
/** Bytes of the two fields of a sample: together large, as reads are judged. */
const FIELDS = { a: 50_001, b: 60_003 };

/** What all fields are cut from. */
const NOISE = Uint8Array.from({ length: 200_000 }, (_, index) => index * 7 + (index >> 8) * 31);

const fieldOf = (sample: number, length: number) => NOISE.subarray(sample * 1009, sample * 1009 + length);

/** Two tars of samples with their index, below a directory of their own. */
async function withTars(
  use: (store: Awaited<ReturnType<typeof openFileStore>>, root: string) => Promise<void>,
) {
  const root = await Deno.makeTempDir();
  try {
    await using store = await openFileStore(root);
    for (const tar of [0, 1]) {
      await using writer = await TarWriter.create(store, `${tar}.tar`);
      for (let sample = tar; sample < SAMPLES; sample += 2) {
        for (const [name, length] of Object.entries(FIELDS)) {
          await writer.add({ name: `${String(sample).padStart(3, "0")}.${name}` }, fieldOf(sample, length));
        }
      }
      await writer.close();
      await indexObject(store, `${tar}.tar`);
    }
    await use(store, root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** Holds files open whatever else is going on, with some reads that come to nothing; gives how many there were. */
function holdWithMisses(
  store: ObjectStore & Partial<HoldingStore>,
  root: string,
  isMissed: (read: number) => boolean,
): { reads: number } {
  const count = { reads: 0 };
  store[holdAtHand] = (key: string): HeldObject => {
    const file = Deno.openSync(`${root}/${key}`);
    return {
      read(offset, target) {
        if (isMissed(count.reads++)) return false;
        file.seekSync(offset, Deno.SeekMode.Start);
        return file.readSync(target) === target.length;
      },
      readLater: () => Promise.resolve(false),
      isUnchanged: () => true,
      [Symbol.dispose]: () => file.close(),
    };
  };
  return count;
}

const ORDERS = [false, "full", { block: 5, window: 2, lanes: 2 }] as const;
const MISSES: Readonly<Record<string, (read: number) => boolean>> = {
  none: () => false,
  "every second": (read) => read % 2 === 1,
  "one of five": (read) => read % 5 === 0,
  most: (read) => read % 7 !== 0,
  all: () => true,
};

for (const [name, isMissed] of Object.entries(MISSES)) {
  Deno.test(`large samples are whole in every order where the cache misses ${name} of their reads`, async () => {
    await withTars(async (store, root) => {
      const count = holdWithMisses(store, root, isMissed);
      for (const shuffle of ORDERS) {
        const dataset = await samplesDataset(store, ["0.tar", "1.tar"]);
        const before = count.reads;
        await using loader = createLoader(dataset, { batchSize: 16, shuffle, seed: 3 });
        const seen: number[] = [];
        for await (const { data } of loader) {
          for (const { key, fields } of data) {
            const sample = Number(key);
            for (const [field, length] of Object.entries(FIELDS)) {
              assertEquals(Buffer.compare(fields[field] ?? new Uint8Array(0), fieldOf(sample, length)), 0);
            }
            seen.push(sample);
          }
        }
        assertEquals(seen.toSorted((a, b) => a - b), Array.from({ length: SAMPLES }, (_, index) => index));
        assert(count.reads > before);
        assertEquals(store.context.budget.held, 0);
      }
    });
  });
}

Deno.test("large samples of an object that has changed are errors, not other bytes", async () => {
  await withTars(async (store, root) => {
    for (const shuffle of ORDERS) {
      const dataset = await samplesDataset(store, ["0.tar", "1.tar"]);
      await using loader = createLoader(dataset, { batchSize: 16, shuffle });
      const bytes = await Deno.readFile(`${root}/1.tar`);
      await assertRejects(async () => {
        for await (const _ of loader) {
          await Deno.writeFile(`${root}/1.tar`, bytes.map((byte) => byte ^ 1));
          await Deno.utime(`${root}/1.tar`, 1, 1);
        }
      }, SampleError);
      await Deno.writeFile(`${root}/1.tar`, bytes);
      assertEquals(store.context.budget.held, 0);
    }
  });
});
