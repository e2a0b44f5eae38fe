/**
 * The main job on local files: make a data set, put it into a store, read it back through `file://` and `direct://`,
 * verify every object, and compare with `dd` on the same files.
 * `deno task demo --help` tells how to run it.
 */
import { createStoreContext } from "@lade/core";
import { Lade } from "@lade/lade";
import { readScriptOptions, refuse } from "../../tools/scripts/script_options.ts";
import { makeDataSet, sizeClasses } from "./data_set.ts";
import { measureDd } from "./dd.ts";
import { readBack } from "./read_back.ts";
import { printTable, type Row } from "./table.ts";
import { putAll } from "./put_all.ts";

const HELP =
  `deno task demo: puts a data set, reads it back through file:// and direct://, and verifies every object

  --size SIZE   of the data set, such as 64MiB or 2GiB; 512MiB by default
  --seed N      of its bytes, a whole number; 1 by default
  --dir PATH    where it is made, in a directory of its own; the working directory by default
  --keep        leave the files there
  --help        this`;

const { values } = readScriptOptions(HELP, {
  options: {
    size: { type: "string", default: "512MiB" },
    seed: { type: "string", default: "1" },
    dir: { type: "string", default: "." },
    keep: { type: "boolean", default: false },
  },
});

const size = parseSize(values.size);
const seed = Number(values.seed);
if (!Number.isSafeInteger(seed)) refuse(`${values.seed} is no seed, a whole number`);
const root = await makeRoot(values.dir);
const stop = new AbortController();
const interrupt = () => stop.abort(new DOMException("Interrupted", "AbortError"));
Deno.addSignalListener("SIGINT", interrupt);
const started = performance.now();
try {
  await using lade = new Lade({ context: createStoreContext() });
  const classes = sizeClasses(size);
  console.log(`Data set in ${root}, seed ${seed}`);
  const set = await makeDataSet(`${root}/source`, classes, seed, stop.signal);
  const rows: Row[] = [];
  for (const group of set) {
    const row: Row = { group };
    row.putFile = await putAll(lade, group, `file://${root}/file`, stop.signal);
    row.putDirect = await putAll(lade, group, `direct://${root}/direct`, stop.signal);
    row.getFile = await readBack(lade, group, `file://${root}/file`, stop.signal);
    row.dd = await measureDd(group, `${root}/file`, []);
    const direct = typeof row.putDirect === "number" ? "direct" : "file";
    row.getDirect = await readBack(lade, group, `direct://${root}/${direct}`, stop.signal);
    row.ddDirect = await measureDd(group, `${root}/${direct}`, ["iflag=direct"]);
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
  const [, digits = "0", unit = ""] = /^(\d+)(MiB|GiB|M|G)$/.exec(text) ?? [];
  const bytes = Number(digits) * (unit.startsWith("G") ? 2 ** 30 : 2 ** 20);
  if (bytes === 0 || !Number.isSafeInteger(bytes)) refuse(`${text} is no size, such as 512MiB or 2GiB`);
  return bytes;
}

async function makeRoot(directory: string): Promise<string> {
  try {
    return await Deno.makeTempDir({ dir: await Deno.realPath(directory), prefix: ".lade-demo-" });
  } catch (error) {
    return refuse(`${directory} cannot hold the data set: ${error instanceof Error ? error.message : error}`);
  }
}
