import { indexObject } from "../../packages/formats/index/mod.ts";
import { createRecordWriter } from "../../packages/formats/tfrecord/mod.ts";
import { openFileStore } from "../../packages/fs/mod.ts";
import type { Bar, Bench } from "../bench.ts";
import { ground } from "../ground/ground.ts";
import { prepareRow } from "./loader_row.ts";

const FILES = 4;
const BATCH = 256;

/** A directory in memory of so many records of 50 bytes. */
async function tinyRecords(samples: number): Promise<string> {
  const directory = await Deno.makeTempDir({ dir: ground().memory });
  await using store = await openFileStore(directory);
  for (let file = 0; file < FILES; file++) {
    const key = `records/${file}.tfrecord`;
    await using writer = await createRecordWriter(store, key);
    for (let i = 0; i < samples / FILES; i++) await writer.write(new Uint8Array(50).fill(i));
    await writer.close();
    await indexObject(store, key);
  }
  return directory;
}

interface TinyRow {
  readonly name: string;
  readonly samples: number;
  readonly each: string;
  readonly works: Readonly<Record<string, string>>;
  readonly bars: readonly Bar[];
}

function tiny({ name, samples, each, works, bars }: TinyRow): Bench {
  return {
    name,
    title: `loader over ${samples} records of 50 bytes, each transformed ${each}`,
    async prepare() {
      const directory = await tinyRecords(samples);
      return prepareRow({
        uri: `file://${directory}/records/`,
        total: samples,
        batch: BATCH,
        unit: "calls",
        works,
        bars,
        dispose: () => Deno.remove(directory, { recursive: true }),
      });
    },
  };
}

const [alone, one, two] = ["lade, a function", "lade, 1 worker", "lade, 2 workers"];

/** What it costs to send small samples to workers. */
export const loaderTiny: Bench = tiny({
  name: "loader-tiny",
  samples: 200_000,
  each: "by a glance at it",
  works: { [alone]: "quick0", [two]: "quick2" },
  bars: [{ ours: two, baseline: alone, atLeast: 0.5 }],
});

/** What workers bring where small samples take some time. */
export const loaderTinyBusy: Bench = tiny({
  name: "loader-tiny-busy",
  samples: 50_000,
  each: "by some 25 µs of computing",
  works: { [alone]: "slow0", [one]: "slow1", [two]: "slow2" },
  bars: [{ ours: two, baseline: one, atLeast: 1.2 }, { ours: two, baseline: alone, atLeast: 1.2 }],
});
