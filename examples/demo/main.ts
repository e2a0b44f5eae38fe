/**
 * The main job on local files: make a data set, put it into a store, read it back through `file://` and `direct://`,
 * verify every object, and compare with `dd` on the same files.
 *
 * Run it with `deno task demo [--size 512MiB] [--seed 1] [--dir PATH] [--keep]`.
 */
import { parseArgs } from "node:util";
import { createStoreContext } from "@lade/core";
import { Lade } from "@lade/lade";
import { makeDataSet, sizeClasses } from "./data_set.ts";
import { measureDd } from "./dd.ts";
import { readBack } from "./read_back.ts";
import { printTable, type Row } from "./table.ts";
import { putAll } from "./put_all.ts";

const { values } = parseArgs({
  options: {
    size: { type: "string", default: "512MiB" },
    seed: { type: "string", default: "1" },
    dir: { type: "string", default: "." },
    keep: { type: "boolean", default: false },
  },
});

const root = await Deno.makeTempDir({ dir: await Deno.realPath(values.dir), prefix: ".lade-demo-" });
const stop = new AbortController();
const interrupt = () => stop.abort(new DOMException("Interrupted", "AbortError"));
Deno.addSignalListener("SIGINT", interrupt);
const started = performance.now();
try {
  await using lade = new Lade({ context: createStoreContext() });
  const classes = sizeClasses(parseSize(values.size));
  console.log(`Data set in ${root}, seed ${values.seed}`);
  const set = await makeDataSet(`${root}/source`, classes, Number(values.seed), stop.signal);
  const rows: Row[] = [];
  for (const group of set) {
    const row: Row = { group };
    row.putFile = await putAll(lade, group, `file://${root}/file`, stop.signal);
    row.putDirect = await putAll(lade, group, `direct://${root}/direct`, stop.signal);
    row.getFile = await readBack(lade, group, `file://${root}/file`, stop.signal);
    row.getDirect = await readBack(lade, group, `direct://${root}/file`, stop.signal);
    row.dd = await measureDd(group, `${root}/file`, []);
    row.ddDirect = await measureDd(group, `${root}/file`, ["iflag=direct"]);
    rows.push(row);
  }
  printTable(rows);
  const objects = set.reduce((sum, group) => sum + group.files.length, 0);
  console.log(`\nEvery one of ${objects} objects was read back twice and verified by CRC-32C.`);
} catch (error) {
  if (!stop.signal.aborted) throw error;
  console.error("Interrupted");
  Deno.exitCode = 130;
} finally {
  Deno.removeSignalListener("SIGINT", interrupt);
  if (values.keep) console.log(`Kept ${root}`);
  else await Deno.remove(root, { recursive: true });
}
console.log(`Done in ${((performance.now() - started) / 1000).toFixed(1)} s.`);

function parseSize(text: string): number {
  const [, digits, unit = ""] = /^(\d+)(MiB|GiB|M|G)?$/.exec(text) ?? [];
  if (digits === undefined) {
    throw new TypeError(`Cannot read size ${JSON.stringify(text)}: use 512MiB or 2GiB`);
  }
  return Number(digits) * (unit.startsWith("G") ? 2 ** 30 : 2 ** 20);
}
