import { readScriptOptions, refuse } from "../tools/scripts/script_options.ts";
import { chosenNames, readNames } from "./read_names.ts";
import { readRatios } from "./read_ratios.ts";

const HELP =
  `deno task bench compare [--rounds N] OLD NEW [NAME…]: runs the benchmarks of two checkouts in turn

  OLD, NEW     directories of two checkouts of this repository
  NAME         every benchmark that begins with it; all of them when there is none
  --rounds N   runs of each checkout; 5 by default
  --help       this

Each ratio that NEW prints is shown with its median in either, and with the new one as a share of the old one; a benchmark
that OLD does not have is run in NEW alone.`;

/** Compares the ratios that the benchmarks of two checkouts come to. */
export async function compare(args: readonly string[]): Promise<void> {
  const { values, positionals } = readScriptOptions(HELP, {
    args: [...args],
    allowPositionals: true,
    options: { rounds: { type: "string", default: "5" } },
  });
  const rounds = Number(values.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < 1) refuse(`${values.rounds} is no number of rounds`);
  const [before, after, ...names] = positionals;
  if (before === undefined || after === undefined) refuse("two checkouts are needed: OLD and NEW");
  const sides = await Promise.all([before, after].map(async (directory) => ({
    directory,
    names: chosenNames(names, readNames(await bench(directory, "--list"))),
    ratios: new Map<string, number[]>(),
  })));
  for (const wanted of names) {
    if (!sides.some((side) => side.names.some((name) => name.startsWith(wanted)))) {
      refuse(`no benchmark of either checkout begins with "${wanted}"`);
    }
  }
  for (let round = 1; round <= rounds; round++) {
    for (const { directory, names, ratios } of sides) {
      if (names.length === 0) continue;
      console.error(`round ${round} of ${rounds}: ${directory}`);
      for (const [line, ratio] of readRatios(await bench(directory, "--rounds", "1", ...names))) {
        ratios.set(line, [...ratios.get(line) ?? [], ratio]);
      }
    }
  }
  const [first, second] = sides;
  for (const [line, ratios] of second?.ratios ?? []) {
    const old = median(first?.ratios.get(line) ?? []);
    const now = median(ratios);
    const share = old === undefined || now === undefined
      ? "     new"
      : `${(100 * now / old).toFixed(0).padStart(6)} %`;
    console.log(`${share}  ${figure(old)} -> ${figure(now)}  ${line}`);
  }
}

async function bench(directory: string, ...args: readonly string[]): Promise<string> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["task", "bench", ...args],
    cwd: directory,
    env: { NO_COLOR: "1" },
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`the benchmarks of ${directory} failed`);
  return new TextDecoder().decode(stdout);
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function figure(value: number | undefined): string {
  return (value?.toFixed(2) ?? "-").padStart(7);
}
