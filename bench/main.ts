/**
 * Benchmarks: rates side by side, interleaved, medians, and the ratios that are promised. Nothing here passes or fails.
 *
 * `deno task bench [--rounds 5] [--dir PATH] [NAME…]`; peers are found under the directory in `LADE_PEERS`.
 */
import { parseArgs } from "node:util";
import type { Bench } from "./bench.ts";
import { measure } from "./bench.ts";
import { benches } from "./benches.ts";
import { printBars, printRates } from "./report.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "5" }, list: { type: "boolean", default: false } },
});
const chosen: Bench[] = positionals.length === 0
  ? benches
  : benches.filter(({ name }) => positionals.some((wanted) => name.startsWith(wanted)));
if (values.list || chosen.length === 0) {
  for (const { name, title } of benches) console.log(`${name.padEnd(24)} ${title}`);
  Deno.exit(values.list ? 0 : 2);
}
for (const bench of chosen) {
  console.log(`\n## ${bench.title}\n`);
  await using prepared = await bench.prepare();
  const measured = await measure(prepared, Number(values.rounds));
  printRates(measured, prepared.unit);
  printBars(measured, prepared);
}
