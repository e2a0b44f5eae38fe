import { createHash } from "node:crypto";
import { optionWords } from "@lade/core/backend";

/** Which checkpoint of a series: of which run, counted from 0, and of which step. A later run goes before an earlier one. */
export interface CheckpointRef {
  /** Runs that began before the one that saved it. */
  readonly generation: number;
  /** The step of the training that it is of. */
  readonly step: number;
}

/** What marks a prefix as a series of checkpoints. */
export const MARKER_KEY = "lade.json";
/** Names the newest checkpoint, for who cannot list. */
export const LATEST_KEY = "latest.json";

/** What the keys of each kind of object begin with. */
export const PREFIXES = {
  runs: "runs/",
  data: "data/",
  records: "records/",
  commits: "commits/",
  indexes: "indexes/",
  pins: "pins/",
  holds: "holds/",
  retired: "retired/",
} as const;

const GENERATION_DIGITS = 8;
const STEP_DIGITS = 12;
const RANK_DIGITS = 5;
/** Generations are below this. */
export const GENERATIONS: number = 10 ** GENERATION_DIGITS;
/** Steps are below this. */
export const STEPS: number = 10 ** STEP_DIGITS;
/** Ranks are below this. */
export const RANKS: number = 10 ** RANK_DIGITS;

/** Throws a `TypeError` for what no checkpoint is called: it is no checkpoint that is missing. */
export function checkRef(operation: string, ref: CheckpointRef): void {
  const { generation, step } = ref ?? {};
  if (isBelow(generation, GENERATIONS) && isBelow(step, STEPS)) return;
  throw new TypeError(
    `Cannot ${operation} of generation ${optionWords(generation)}, step ${
      optionWords(step)
    }: whole numbers below ${GENERATIONS} and ${STEPS} are needed`,
  );
}

function isBelow(value: unknown, end: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) < end;
}

/** Which of two checkpoints is the newer one: positive where it is the first. */
export function compareRefs(a: CheckpointRef, b: CheckpointRef): number {
  return a.generation - b.generation || a.step - b.step;
}

/** What messages and commands call a checkpoint: `generation-step`, as its keys do. */
export function refName({ generation, step }: CheckpointRef): string {
  return `${digits(generation, GENERATION_DIGITS)}-${digits(step, STEP_DIGITS)}`;
}

/** Reads what {@linkcode refName} makes. */
export function parseRefName(name: string): CheckpointRef | undefined {
  const [, generation, step] = /^(\d{8})-(\d{12})$/.exec(name) ?? [];
  return generation === undefined || step === undefined
    ? undefined
    : { generation: Number(generation), step: Number(step) };
}

/** Of a run: the newest one is listed first. */
export function runKey(generation: number): string {
  return `${PREFIXES.runs}${inverted(generation, GENERATION_DIGITS)}.json`;
}

/** The generation of a key of {@linkcode runKey}. */
export function generationOfRun(key: string): number | undefined {
  const [, inverse] = /^runs\/(\d{8})\.json$/.exec(key) ?? [];
  return inverse === undefined ? undefined : GENERATIONS - 1 - Number(inverse);
}

/** Of a manifest: the newest one is listed first. */
export function commitKey({ generation, step }: CheckpointRef): string {
  return `${PREFIXES.commits}${inverted(generation, GENERATION_DIGITS)}-${inverted(step, STEP_DIGITS)}.json`;
}

/** The checkpoint of a key of {@linkcode commitKey}. */
export function refOfCommit(key: string): CheckpointRef | undefined {
  const [, generation, step] = /^commits\/(\d{8})-(\d{12})\.json$/.exec(key) ?? [];
  if (generation === undefined || step === undefined) return undefined;
  return { generation: GENERATIONS - 1 - Number(generation), step: STEPS - 1 - Number(step) };
}

/** What tells the runs of a series apart within names: 16 hexadecimal digits of the SHA-256 of what a run is called. */
export function runDigest(run: string): string {
  return createHash("sha256").update(run).digest("hex").slice(0, 16);
}

/** The name of one run's attempt at a checkpoint, which all its objects have in their keys. */
export function attemptName(ref: CheckpointRef, run: string): string {
  return `${refName(ref)}-${runDigest(run).slice(0, 8)}`;
}

/** The checkpoint of a name of {@linkcode attemptName}. */
export function refOfAttempt(name: string): CheckpointRef | undefined {
  return /^\d{8}-\d{12}-[0-9a-f]{8}$/.test(name) ? parseRefName(name.slice(0, -9)) : undefined;
}

/** Of a rank's part of the truth about an attempt. */
export function recordKey(attempt: string, rank: number): string {
  return `${PREFIXES.records}${attempt}/rank-${digits(rank, RANK_DIGITS)}.json`;
}

/** The attempt and the rank of a key of {@linkcode recordKey}. */
export function placeOfRecord(key: string): { readonly attempt: string; readonly rank: number } | undefined {
  const [, attempt, rank] = /^records\/([^/]+)\/rank-(\d{5})\.json$/.exec(key) ?? [];
  return attempt === undefined || rank === undefined || !refOfAttempt(attempt)
    ? undefined
    : { attempt, rank: Number(rank) };
}

/** Which object of a rank's data. */
export interface DataPlace {
  readonly rank: number;
  readonly worldSize: number;
  /** Counted from 1. */
  readonly number: number;
}

/** Of a file of tensors. */
export function shardKey(attempt: string, place: DataPlace): string {
  return `${dataStem(attempt, place)}.safetensors`;
}

/** Of something else that a rank keeps. */
export function extraKey(attempt: string, place: DataPlace): string {
  return `${dataStem(attempt, place)}.extra`;
}

/** The attempt of a key of data. */
export function attemptOfData(key: string): string | undefined {
  const [, attempt] = /^data\/([^/]+)\/[^/]+$/.exec(key) ?? [];
  return attempt !== undefined && refOfAttempt(attempt) ? attempt : undefined;
}

/** Of a table of tensors that is kept beside its manifest, by a digest of its content. */
export function indexKey(ref: CheckpointRef, digest: string): string {
  return `${PREFIXES.indexes}${refName(ref)}-${digest}.json.zst`;
}

/** Of what keeps a checkpoint for good. */
export function pinKey(ref: CheckpointRef): string {
  return `${PREFIXES.pins}${refName(ref)}.json`;
}

/** Of what says that a checkpoint is to be removed. */
export function retiredKey(ref: CheckpointRef): string {
  return `${PREFIXES.retired}${refName(ref)}.json`;
}

/** What the keys of all that hold a checkpoint begin with. */
export function holdsPrefix(ref: CheckpointRef): string {
  return `${PREFIXES.holds}${refName(ref)}/`;
}

/** The checkpoint of a key of {@linkcode pinKey} or {@linkcode retiredKey}. */
export function refOfMark(key: string): CheckpointRef | undefined {
  const [, name] = /^(?:pins|retired)\/([^/]+)\.json$/.exec(key) ?? [];
  return name === undefined ? undefined : parseRefName(name);
}

function dataStem(attempt: string, { rank, worldSize, number }: DataPlace): string {
  return `${PREFIXES.data}${attempt}/rank-${digits(rank, RANK_DIGITS)}-of-${digits(worldSize, RANK_DIGITS)}-${
    digits(number, RANK_DIGITS)
  }`;
}

function digits(value: number, count: number): string {
  return String(value).padStart(count, "0");
}

/** Larger values first in the order of keys. */
function inverted(value: number, count: number): string {
  return digits(10 ** count - 1 - value, count);
}
