/**
 * Does one piece of work on TFRecord files twice, each time in several passes:
 * `tfrecord_child.ts WORK PASSES DIRECTORY KEY…`. What `crc` prints is what the
 * checksums and the cutting into records cost, by a GiB: bytes are read with and without them in turn.
 */
import { cpuUsage } from "node:process";
import { readChunks } from "../../packages/core/mod.ts";
import { openFileStore } from "../../packages/fs/mod.ts";
import { parseSchema } from "../../packages/formats/table/parse_schema.ts";
import { indexObjects, readRecords } from "../../packages/formats/tfrecord/mod.ts";
import { format } from "../../packages/formats/tfrecord/format.ts";
import { ObjectSource } from "../../packages/formats/source/object_source.ts";
import { runTwice } from "../run_twice.ts";

const [work = "", passes = "", directory = "", ...keys] = Deno.args;
await using store = await openFileStore(directory);

async function records(): Promise<number> {
  let bytes = 0;
  for (const key of keys) {
    for await (const batch of readRecords(store, key)) {
      for (const record of batch) bytes += record.length;
    }
  }
  return bytes;
}

async function stored(): Promise<number> {
  let bytes = 0;
  for (const key of keys) {
    for await (const chunk of await readChunks(store, key, { checksum: "none" })) bytes += chunk.length;
  }
  return bytes;
}

/** All columns of all records; the schema is that of the records that `tfrecord.ts` makes. */
async function examples(): Promise<void> {
  const schema = parseSchema("id: int64, label: int64, name: binary, values: list<float32>");
  for (const key of keys) {
    const open = () => ObjectSource.open(store, key);
    const table = await format.openTable?.({ store, key, open }, { schema });
    let rows = 0;
    for await (const batch of table?.scan() ?? []) rows += batch.rows;
    if (rows === 0) throw new Error("no row came");
  }
}

async function crc(): Promise<void> {
  const differences: number[] = [];
  const costOf = async (work: () => Promise<number>) => {
    const before = cpuUsage();
    const bytes = await work();
    const { user, system } = cpuUsage(before);
    return (user + system) / 1e6 * 2 ** 30 / bytes;
  };
  for (let round = 0; round <= 9; round++) {
    const [bare, checked] = [await costOf(stored), await costOf(records)];
    if (round > 0) differences.push(checked - bare);
  }
  const cpuSeconds = differences.sort((a, b) => a - b)[differences.length >> 1] ?? NaN;
  console.log(JSON.stringify({ seconds: cpuSeconds, cpuSeconds }));
}

/** So often is a work done that what the engine does for the first calls is little of it. */
async function often(work: () => Promise<unknown>): Promise<void> {
  for (let pass = 0; pass < Number(passes); pass++) await work();
}

const works: Record<string, () => Promise<unknown>> = {
  records: () => runTwice(() => often(records)),
  stored: () => runTwice(() => often(stored)),
  examples: () => runTwice(() => often(examples)),
  index: () => runTwice(() => often(() => indexObjects(store, keys))),
  crc,
};
const run = works[work];
if (!run) throw new Error(`Cannot run ${work}: known are ${Object.keys(works).join(", ")}`);
await run();
