/**
 * Benchmarks: rates side by side, interleaved, medians, and the ratios that are promised. Nothing here passes or fails.
 * `deno task bench --help` tells how to run it.
 */
import { readScriptOptions, refuse } from "../tools/scripts/script_options.ts";
import { measure } from "./bench.ts";
import { benches } from "./benches.ts";
import { compare } from "./compare.ts";
import { openGround } from "./ground/ground.ts";
import { NotHereError } from "./peers.ts";
import { printBars, printRates } from "./report.ts";

const HELP = `deno task bench [--rounds N] [NAME…]: runs contenders in turn, and prints medians and ratios
deno task bench compare OLD NEW [NAME…]: does so in two checkouts and compares the ratios
deno task bench scaling [OPTIONS]: GB/s and CPU seconds by lanes; --help tells the options

  NAME         every benchmark that begins with it; all of them when there is none
  --rounds N   runs of each contender, after one that does not count; 5 by default
  --list       names the benchmarks
  --help       this

  LADE_PEERS       directory of the peers (bin/, venv/bin/); what is not there is left out
  LADE_BENCH_DIR   where files are made; the working directory by default
  LADE_BENCH_GIB   GiB of a checkpoint that is saved and loaded; 1 by default`;

// Once a day, after half a second, Deno looks for a newer Deno: where there is no network, each time.
Deno.env.set("DENO_NO_UPDATE_CHECK", "1");

if (Deno.args[0] === "compare") {
  await compare(Deno.args.slice(1));
  Deno.exit(0);
}
if (Deno.args[0] === "scaling") {
  const { scaling } = await import("./scaling/scaling.ts");
  await scaling(Deno.args.slice(1));
  Deno.exit(0);
}
const { values, positionals } = readScriptOptions(HELP, {
  allowPositionals: true,
  options: { rounds: { type: "string", default: "5" }, list: { type: "boolean", default: false } },
});
if (values.list) {
  for (const { name, title } of benches) console.log(`${name.padEnd(24)} ${title}`);
  Deno.exit(0);
}
const rounds = Number(values.rounds);
if (!Number.isSafeInteger(rounds) || rounds < 1) refuse(`${values.rounds} is no number of rounds`);
for (const wanted of positionals) {
  if (!benches.some(({ name }) => name.startsWith(wanted))) {
    refuse(`no benchmark begins with "${wanted}"; --list names them`);
  }
}
await openGround();
const chosen = benches.filter(({ name }) =>
  positionals.length === 0 || positionals.some((wanted) => name.startsWith(wanted))
);
for (const bench of chosen) {
  console.log(`\n## ${bench.title}\n`);
  try {
    await using prepared = await bench.prepare();
    const measured = await measure(prepared, rounds);
    printRates(measured, prepared.unit);
    printBars(measured, prepared);
  } catch (error) {
    if (!(error instanceof NotHereError)) throw error;
    console.log(`  skipped: ${error.message}, is not here`);
  }
}
