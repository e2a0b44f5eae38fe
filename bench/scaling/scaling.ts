import { fileURLToPath } from "node:url";
import { readScriptOptions, refuse } from "../../tools/scripts/script_options.ts";
import { onCores, splitCores } from "../cores.ts";
import { ground, openGround } from "../ground/ground.ts";
import { has } from "../peers.ts";
import { type BareServer, startBareServer } from "../s3/bare_server.ts";
import { makeFile } from "../workspace.ts";
import { machine } from "./machine.ts";
import { BARE, CHECKED, type ScalingResult, type ScalingRow, scalingTable } from "./scaling_report.ts";
import { type Done, type Task, type Work, WORKS } from "./works.ts";

const HELP =
  `deno task bench scaling [OPTIONS]: GB/s and CPU seconds by lanes, against the bare server of native/

  --lanes LIST    how many, with commas; 1,2,4,8,16 by default, of which those are skipped that are more than twice the
                  contender's cores. None (0) and as many as Lade chooses (auto) come on top
  --gib N         GiB that each run moves; 1 by default, 4 from 8 cores on
  --rounds N      rounds at most; 5 by default
  --minutes N     nothing begins later than this, 7 by default, and no round that would end later
  --shared        server and contender share the cores; by default either has its own
  --out DIRECTORY where the result is written; .data/scaling by default
  --help          this

Needs Linux, a C compiler and memory for two files of that size. Uses no network.`;

/** One way to do a work, and what came of it. */
interface Entry extends Pick<ScalingRow, "work" | "contender" | "lanes"> {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly runs: Done[];
}

const GIB = 2 ** 30;

/** Measures how the rates grow with the lanes, and writes what it found to a file. */
export async function scaling(args: readonly string[]): Promise<void> {
  const { values } = readScriptOptions(HELP, {
    args: [...args],
    options: {
      lanes: { type: "string", default: "1,2,4,8,16" },
      gib: { type: "string" },
      rounds: { type: "string", default: "5" },
      minutes: { type: "string", default: "7" },
      shared: { type: "boolean", default: false },
      out: { type: "string", default: ".data/scaling" },
    },
  });
  const begun = performance.now();
  const about = machine();
  const asked = values.lanes.split(",").map((text) => positive(text, "of lanes"));
  const size = Math.round(positive(values.gib ?? (about.cores < 8 ? "1" : "4"), "of GiB") * GIB);
  const rounds = positive(values.rounds, "of rounds");
  const lastMs = begun + positive(values.minutes, "of minutes") * 60_000;
  await openGround();
  const cores = values.shared || !await has("taskset") ? undefined : splitCores();
  const clientCores = cores?.client.split(",").length ?? about.cores;
  const lanes = asked.filter((count) => count <= 2 * clientCores);
  const skipped = asked.filter((count) => !lanes.includes(count))
    .map((count) => `${count} lanes on ${clientCores} ${clientCores === 1 ? "core" : "cores"}`);
  const server = await startBareServer({ cores: cores?.server });
  if (server === undefined) refuse("there is no C compiler");
  try {
    const directory = await Deno.makeTempDir({ dir: ground().memory });
    await makeFile(`${directory}/source`, size);
    const entries = WORKS.flatMap((work) =>
      entriesOf({ work, lanes, size, server, directory, client: cores?.client })
    );
    await runRounds(entries, rounds, lastMs);
    const measured = entries.filter(({ runs }) => runs.length > 0);
    for (const { work, contender, lanes } of entries.filter(({ runs }) => runs.length === 0)) {
      skipped.push(`${work}, ${contender}, ${lanes} lanes: no time was left`);
    }
    const result: ScalingResult = {
      machine: about,
      size,
      ...(cores && { cores }),
      clientCores,
      rows: measured.map((entry) => summarize(entry, size)),
      skipped,
    };
    await write(result, values.out);
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

/** Runs all in turn, again and again, as long as there is time. */
async function runRounds(entries: readonly Entry[], rounds: number, lastMs: number): Promise<void> {
  let longestMs = 0;
  for (let round = 1; round <= rounds; round++) {
    const startMs = performance.now();
    if (startMs + longestMs > lastMs) return;
    console.error(`round ${round} of at most ${rounds}`);
    for (const entry of entries) {
      if (performance.now() > lastMs) return;
      entry.runs.push(await runTask(entry));
    }
    longestMs = Math.max(longestMs, performance.now() - startMs);
  }
}

function entriesOf({ work, lanes, size, server, directory, client }: {
  readonly work: Work;
  readonly lanes: readonly number[];
  readonly size: number;
  readonly server: BareServer;
  readonly directory: string;
  readonly client: string | undefined;
}): Entry[] {
  const path = work === "write-file" ? `${directory}/source` : `${directory}/target`;
  const base: Task = { work, url: server.url, key: `${size}-scaling`, path, size, lanes: 1, checked: false };
  const entry = (
    contender: string,
    lanes: ScalingRow["lanes"],
    script: string,
    task: Partial<Task>,
    env: Readonly<Record<string, string>> = {},
  ): Entry => {
    const file = fileURLToPath(new URL(script, import.meta.url));
    const run = [
      Deno.execPath(),
      "run",
      "--quiet",
      "--no-prompt",
      "-A",
      file,
      JSON.stringify({ ...base, ...task }),
    ];
    return {
      work,
      contender,
      lanes,
      command: onCores(client, run),
      env: { ...server.env, ...env },
      runs: [],
    };
  };
  return [
    ...lanes.map((count) => entry(BARE, count, "./bare_task.ts", { lanes: count })),
    entry(CHECKED, 1, "./bare_task.ts", { checked: true }),
    ...[0, ...lanes].map((count) =>
      entry("lade", count, "./lade_task.ts", {}, { LADE_LANES: String(count) })
    ),
    entry("lade", "auto", "./lade_task.ts", {}),
  ];
}

async function runTask({ work, contender, lanes, command, env }: Entry): Promise<Done> {
  const [program = "", ...args] = command;
  const { success, stdout, stderr } = await new Deno.Command(program, { args, env: { ...env } }).output();
  const decoder = new TextDecoder();
  if (success) return JSON.parse(decoder.decode(stdout));
  throw new Error(
    `Cannot measure ${contender}, ${work}, ${lanes} lanes: ${decoder.decode(stderr).trim().slice(-500)}`,
  );
}

function summarize({ work, contender, lanes, runs }: Entry, size: number): ScalingRow {
  const rates = runs.map(({ seconds }) => size / seconds);
  return {
    work,
    contender,
    lanes,
    runs: runs.length,
    rate: median(rates),
    least: Math.min(...rates),
    most: Math.max(...rates),
    cpuPerGib: median(runs.map(({ cpuSeconds }) => cpuSeconds)) / (size / GIB),
    serverCpuPerGib: median(runs.map(({ serverCpuSeconds }) => serverCpuSeconds)) / (size / GIB),
  };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}

async function write(result: ScalingResult, directory: string): Promise<void> {
  const table = scalingTable(result);
  console.log(table);
  await Deno.mkdir(directory, { recursive: true });
  const name = `${result.machine.date.replaceAll(":", "-").slice(0, 19)}-${result.machine.cores}-cores`;
  const path = await Deno.realPath(directory);
  await Deno.writeTextFile(`${path}/${name}.json`, JSON.stringify(result, undefined, 2) + "\n");
  await Deno.writeTextFile(`${path}/${name}.md`, table);
  console.log(`written: ${path}/${name}.json and .md`);
}

function positive(text: string, what: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) refuse(`${text} is no number ${what}`);
  return value;
}
