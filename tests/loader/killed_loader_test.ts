import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { type LoaderState, mergeStates, randomKey, randomSequence } from "@lade/loader";
import { TemporaryDirectory } from "../cli/temporary_directory.ts";
import type { LoadedBatch, LoadingTask } from "./loading_process.ts";

const SAMPLES = 120;
const PROGRAM = fileURLToPath(new URL("./loading_process.ts", import.meta.url));

/** Runs ranks side by side, kills each after so many batches, and gives what all handed out and where they were. */
async function run(
  what: Pick<LoadingTask, "uri" | "samplesPerEpoch" | "shuffle">,
  size: number,
  globalBatchSize: number,
  state: LoaderState | undefined,
  batchesOf: (rank: number) => number,
): Promise<{ ids: number[]; state: LoaderState | undefined }> {
  const ranks = await Promise.all(Array.from({ length: size }, async (_, rank) => {
    const task: LoadingTask = { ...what, world: { rank, size }, globalBatchSize, ...(state && { state }) };
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-check", "-A", PROGRAM, JSON.stringify(task)],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const writer = child.stdin.getWriter();
    const batches: LoadedBatch[] = [];
    const most = batchesOf(rank);
    let text = "";
    const lines = child.stdout.pipeThrough(new TextDecoderStream());
    for await (const piece of lines) {
      text += piece;
      const whole = text.split("\n");
      text = whole.pop() ?? "";
      for (const line of whole) batches.push(JSON.parse(line));
      if (batches.length >= most) child.kill("SIGKILL");
      else await writer.write(Uint8Array.of(1)).catch(() => {});
    }
    await child.status;
    await writer.close().catch(() => {});
    return batches;
  }));
  const states = ranks.map((batches) => batches.at(-1)?.state);
  const known = states.every((each) => each !== undefined);
  return {
    ids: ranks.flatMap((batches) => batches.flatMap(({ ids }) => ids)),
    state: known ? mergeStates(states.flatMap((each) => each ?? [])) : state,
  };
}

Deno.test("ranks that are killed at any batch are gone on with by another world, each sample once", async () => {
  await using directory = await TemporaryDirectory.make();
  for (let id = 0; id < SAMPLES; id++) await directory.write(`set/${String(id).padStart(4, "0")}`, `${id}`);
  const uri = `file://${directory.path}/set/`;
  await goThrough({ uri }, Array.from({ length: SAMPLES }, (_, id) => id));
});

Deno.test("ranks of several data sets that are killed at any batch are gone on with, each draw once", async () => {
  await using directory = await TemporaryDirectory.make();
  for (let id = 0; id < 50; id++) await directory.write(`a/${id}`, `${id}`);
  for (let id = 50; id < 60; id++) await directory.write(`b/${id}`, `${id}`);
  const uri = [
    { uri: `file://${directory.path}/a/`, weight: 2 },
    { uri: `file://${directory.path}/b/`, weight: 1 },
  ];
  const what = { uri, samplesPerEpoch: SAMPLES };
  const { ids } = await run(what, 1, 10, undefined, () => Infinity);
  assertEquals([ids.length, new Set(ids.filter((id) => id >= 50)).size], [SAMPLES, 10]);
  await goThrough(what, ids.toSorted((a, b) => a - b));
});

Deno.test("ranks of a mixture with streams that are killed at any batch are gone on with, each draw once", async () => {
  await using directory = await TemporaryDirectory.make();
  for (let id = 0; id < 10; id++) await directory.write(`a/${id}`, `${id}`);
  for (let object = 1; object <= 6; object++) {
    const lines = Array.from({ length: 5 }, (_, row) => `{"id": ${object * 10 + row}}\n`);
    await directory.write(`b/${object}.jsonl`, lines.join(""));
  }
  const uri = [
    { uri: `file://${directory.path}/a/`, weight: 1 },
    { uri: `file://${directory.path}/b/`, weight: 2 },
  ];
  const what = { uri, samplesPerEpoch: SAMPLES, shuffle: { window: 3, lanes: 6 } };
  const { ids } = await run(what, 1, 10, undefined, () => Infinity);
  assertEquals([ids.length, new Set(ids).size], [SAMPLES, 40]);
  await goThrough(what, ids.toSorted((a, b) => a - b));
});

/** Kills ranks of several worlds one after the other, and finds that all of them take exactly what there is. */
async function goThrough(
  what: Pick<LoadingTask, "uri" | "samplesPerEpoch" | "shuffle">,
  expected: readonly number[],
): Promise<void> {
  const random = randomSequence(randomKey(2));
  for (const worlds of [[2, 3], [3, 1]] as const) {
    const seen: number[] = [];
    let state: LoaderState | undefined;
    for (const size of worlds) {
      const moments = Array.from({ length: size }, () => 1 + Math.floor(random() * 3));
      const killed = await run(what, size, 6 * size, state, (rank) => moments[rank] ?? 1);
      seen.push(...killed.ids);
      state = killed.state;
    }
    const rest = await run(what, 2, 20, state, () => Infinity);
    seen.push(...rest.ids);
    assertEquals(seen.toSorted((a, b) => a - b), expected);
  }
}
