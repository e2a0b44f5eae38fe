import { objectUri } from "@lade/core";
import { AlreadyExistsError, NotFoundError } from "@lade/core/errors";
import { FormatError } from "@lade/formats/errors";
import { FencedError } from "../errors/errors.ts";
import { JsonFields } from "../json/json_fields.ts";
import { openSealed, sealJson } from "../json/sealed_json.ts";
import {
  type CheckpointRef,
  generationOfRun,
  GENERATIONS,
  PREFIXES,
  runDigest,
  runKey,
  STEPS,
} from "../keys/series_keys.ts";
import { mayBeThere, TRIES } from "./create_same.ts";
import { findManifests } from "./read_checkpoint.ts";
import { readSmall, readTwice } from "./read_small.ts";
import { firstOf, type JoinedRun, type Member, type Series } from "./series.ts";

/** A run as its object tells of it. */
export interface RunObject {
  readonly generation: number;
  /** What it is called; empty where nothing tells any more. */
  readonly run: string;
  /** Where all its ranks go on: the newest checkpoint there was when it began. */
  readonly resumeFrom: CheckpointRef | undefined;
  /** Digests of the runs before it, the newest first. */
  readonly earlier: readonly string[];
  /** What is wrong with the object: then the rest is what others tell, and from where the run goes on nobody does. */
  readonly damage?: FormatError;
}

/** How often another run may begin just before this one. */
const RACES = 100;

/**
 * Joins a run, or begins it: the first of its ranks says for all from where they go on, which `newest` tells. A run after
 * which another one has begun is a `FencedError`, and one whose own object is damaged a `FormatError`: others begin after it.
 */
export async function joinRun(
  series: Series,
  member: Member,
  newest: () => Promise<CheckpointRef | undefined>,
  signal?: AbortSignal,
): Promise<JoinedRun & { readonly resumeFrom: CheckpointRef | undefined }> {
  const { store, ifIgnored } = series;
  const digest = runDigest(member.run);
  let lost = 0;
  for (let attempt = 0; attempt < RACES; attempt++) {
    const last = await newestRun(series, signal);
    if (last?.run === member.run) {
      // Its other ranks go on from a checkpoint that can no longer be told.
      if (last.damage) throw last.damage.restated({ advice: "begin another run, by another name" });
      return { ...member, generation: last.generation, resumeFrom: last.resumeFrom };
    }
    if (last?.earlier.includes(digest)) throw fenced(series, member, last);
    const generation = last ? last.generation + 1 : 0;
    if (generation >= GENERATIONS) {
      throw new RangeError(`Cannot begin a run in ${JSON.stringify(store.uri)}: it has had ${GENERATIONS}`);
    }
    const resumeFrom = await newest();
    if (last?.damage) {
      const text = `the run before cannot be read, and is taken for ended: ${last.damage.message}`;
      store.context.onNotice?.({ uri: store.uri, text });
    }
    const begun: RunObject = {
      generation,
      run: member.run,
      resumeFrom,
      earlier: last ? [runDigest(last.run), ...last.earlier] : [],
    };
    try {
      const call = { ifNoneMatch: "*", ifIgnored, ...(signal && { signal }) };
      await store.put(runKey(generation), writeRun(begun), call);
    } catch (error) {
      signal?.throwIfAborted();
      // Another rank or another run was quicker, or the answer was lost: the next look tells.
      if (error instanceof AlreadyExistsError) continue;
      if (!mayBeThere(error) || ++lost === TRIES) throw error;
    }
  }
  throw new FencedError({
    operation: "begin a run in",
    uri: store.uri,
    detail: `other runs began ${RACES} times just before it`,
  });
}

/** Throws a `FencedError` where another run has begun after one that was joined. */
export async function checkNewestRun(series: Series, joined: JoinedRun, signal?: AbortSignal): Promise<void> {
  const key = await newestRunKey(series, signal);
  // That of a generation is never another one: it need not be read.
  if (key === undefined || key === runKey(joined.generation)) return;
  throw fenced(series, joined, await readNewest(series, key, signal));
}

/** The run that began last. */
export async function newestRun(series: Series, signal?: AbortSignal): Promise<RunObject | undefined> {
  const key = await newestRunKey(series, signal);
  return key === undefined ? undefined : await readNewest(series, key, signal);
}

function newestRunKey({ store }: Series, signal: AbortSignal | undefined): Promise<string | undefined> {
  // What is not of the series may lie there, such as what a store finds out by what its service can do.
  return firstOf(store, PREFIXES.runs, (key) => generationOfRun(key) !== undefined, signal);
}

async function readNewest(
  series: Series,
  key: string,
  signal: AbortSignal | undefined,
): Promise<RunObject> {
  const run = await runOrRest(series, generationOfRun(key) ?? 0, signal);
  if (run) return run;
  const uri = objectUri(series.store.uri, key);
  throw new NotFoundError({ operation: "read", uri, detail: "it was listed and is gone" });
}

/** A run of a generation, or what is known of one whose object is damaged; `undefined` where there is none. */
async function runOrRest(
  series: Series,
  generation: number,
  signal: AbortSignal | undefined,
): Promise<RunObject | undefined> {
  try {
    return (await runOf(series, generation, signal))?.run;
  } catch (damage) {
    if (!(damage instanceof FormatError)) throw damage;
    let run = "";
    for await (const manifest of findManifests(series, () => {}, signal)) {
      if (manifest.generation === generation) run = manifest.run;
      if (manifest.generation <= generation) break;
    }
    const before = generation > 0 ? await runOrRest(series, generation - 1, signal) : undefined;
    const earlier = before ? [runDigest(before.run), ...before.earlier] : [];
    return { generation, run, resumeFrom: undefined, earlier, damage };
  }
}

/** A run of a generation, and the bytes of its object; `undefined` where there is none. */
export async function runOf(
  { store }: Pick<Series, "store">,
  generation: number,
  signal?: AbortSignal,
): Promise<{ readonly run: RunObject; readonly bytes: Uint8Array<ArrayBuffer> } | undefined> {
  const key = runKey(generation);
  return await readTwice(async () => {
    const bytes = await readSmall(store, key, signal);
    return bytes && { run: readRun(bytes, objectUri(store.uri, key), generation), bytes };
  });
}

function writeRun({ generation, run, resumeFrom, earlier }: RunObject): Uint8Array<ArrayBuffer> {
  const from = resumeFrom ? { generation: resumeFrom.generation, step: resumeFrom.step } : null;
  return sealJson({
    format: "lade-checkpoint-run",
    version: 1,
    generation,
    run,
    resumeFrom: from,
    earlier: [...earlier],
  });
}

function readRun(bytes: Uint8Array, uri: string, generation: number): RunObject {
  const fields = new JsonFields(openSealed(bytes, uri), uri);
  fields.oneOf("format", ["lade-checkpoint-run"]);
  if (fields.whole("generation") !== generation) throw fields.fault("generation", "is not that of its key");
  const from = fields.json("resumeFrom") === null ? undefined : fields.object("resumeFrom");
  return {
    generation,
    run: fields.text("run"),
    resumeFrom: from &&
      { generation: from.whole("generation", GENERATIONS), step: from.whole("step", STEPS) },
    earlier: fields.list("earlier").map(String),
  };
}

function fenced({ store }: Series, { run }: Member, last: RunObject): FencedError {
  const other = last.run === "" ? "one whose object is damaged" : `run ${JSON.stringify(last.run)}`;
  return new FencedError({
    operation: "save checkpoints in",
    uri: store.uri,
    detail: `run ${JSON.stringify(run)} is no longer the newest: ${other} has begun after it`,
    advice: "a run needs another name after each restart",
  });
}
