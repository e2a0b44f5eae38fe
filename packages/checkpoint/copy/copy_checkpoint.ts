import { exists, objectUri } from "@lade/core";
import { checkOptions } from "@lade/core/backend";
import { inParallel } from "@lade/core/concurrency";
import { NotFoundError, PreconditionFailedError } from "@lade/core/errors";
import { checkWhole } from "../errors/check_values.ts";
import { InvalidCheckpointError } from "../errors/errors.ts";
import {
  type CheckpointRef,
  checkRef,
  commitKey,
  compareRefs,
  PREFIXES,
  refName,
} from "../keys/series_keys.ts";
import { hasTable, type Manifest, type TensorTable } from "../manifest/manifest.ts";
import { Hold } from "../retention/hold.ts";
import { confirmCommit } from "../save/confirm_commit.ts";
import { nameLatest } from "../save/name_latest.ts";
import { createSame } from "../series/create_same.ts";
import { findCommits, newestCommit } from "../series/find_commits.ts";
import { checkMarker } from "../series/marker.ts";
import { readWhole } from "../series/read_small.ts";
import { manifestOf, tableOf } from "../series/read_checkpoint.ts";
import type { Series } from "../series/series.ts";
import { seriesAt, type SeriesPlace } from "../series/series_place.ts";
import { verifyCheckpoint } from "../verify/verify_checkpoint.ts";
import type { VerifyFault, VerifyLevel } from "../verify/verify_report.ts";
import { copyRun } from "./copy_run.ts";
import { copySame } from "./copy_same.ts";
import { makeRoom } from "./make_room.ts";

/** Options of {@linkcode copyCheckpoint}. */
export interface CopyCheckpointOptions {
  /**
   * How much of the copy is looked at before it is committed; `"chunks"` by default: all of it is read there once more, and
   * compared with the checksums that its ranks took. `"size"` reads nothing, and tells no damage that was there before.
   */
  readonly verify?: VerifyLevel;
  /**
   * Whether the checkpoint is kept from being removed meanwhile, which writes a small object beside it; `true` by default. The copy
   * is in any case.
   */
  readonly hold?: boolean;
  /** Promises that nobody else writes there at the same time, where the store replaces objects under any condition. */
  readonly soleRun?: boolean;
  /** How long a hold is good for without being renewed, in milliseconds; 15 minutes by default. */
  readonly leaseMs?: number;
  /** Ends it: what was copied stays, is seen by nobody, and is taken by the next try. */
  readonly signal?: AbortSignal;
}

/** What a copy did. */
export interface CopiedCheckpoint extends CheckpointRef {
  /** Objects of data that were copied. */
  readonly objects: number;
  /** Their bytes. */
  readonly bytes: number;
  /** Objects of data that were there already, and are the same. */
  readonly present: number;
  /** How much of the copy was looked at before it was committed. */
  readonly verified: VerifyLevel;
  /** Bytes of it that were compared with checksums. */
  readonly compared: number;
}

/** Objects of data that are copied at the same time. */
const AT_ONCE = 4;
const LEASE_MS = 15 * 60_000;
const OPTIONS = {
  verify: "any",
  hold: "boolean",
  soleRun: "boolean",
  leaseMs: "any",
  signal: "signal",
} as const;

/**
 * Copies a checkpoint to another series, of any store, which is begun if need be: data first, then the ranks' records, the
 * table of tensors, and the manifest last, so that it is seen as a whole or not at all. What is there already and the same
 * is passed over, so that a copy that was broken off goes on; what is there and is not is an `AlreadyExistsError`, and
 * nothing is ever replaced. A copy that does not fit its manifest is an `InvalidCheckpointError`, and not committed.
 *
 * The run that saved it comes along, so that runs that begin in the copy are newer. Where runs of another training have
 * begun it is an `AlreadyExistsError`. A series that is copied into itself, whatever it is called, and a checkpoint that was
 * retired there and is not removed yet are a `PreconditionFailedError`.
 */
export async function copyCheckpoint(
  from: SeriesPlace,
  which: "latest" | number | CheckpointRef,
  to: SeriesPlace,
  options: CopyCheckpointOptions = {},
): Promise<CopiedCheckpoint> {
  checkOptions("copy a checkpoint", options, OPTIONS);
  checkWhole("copy a checkpoint", "leaseMs", options.leaseMs ?? LEASE_MS, 1);
  const { signal, hold = true, soleRun = false, leaseMs = LEASE_MS } = options;
  const source = seriesAt(from, { writes: false, soleRun: false });
  const target = seriesAt(to, { writes: true, soleRun });
  await checkMarker(source, { create: false, signal });
  const ref = await find(source, which, signal);
  await using _hold = hold ? await Hold.take(source, ref, leaseMs, signal) : undefined;
  const manifest = await manifestOf(source, ref, signal);
  const table = await tableOf(source, manifest, signal);
  await checkMarker(target, { create: true, signal });
  await makeRoom(target, ref, leaseMs, signal);
  // What nobody has committed yet is not taken for given up meanwhile.
  await using own = await Hold.take(target, ref, leaseMs, signal);
  await refuseItself(source, own, target, signal);
  return await copy(source, { manifest, table }, target, options);
}

async function copy(
  source: Series,
  { manifest, table }: { readonly manifest: Manifest; readonly table: TensorTable },
  target: Series,
  { verify = "chunks", signal }: CopyCheckpointOptions,
): Promise<CopiedCheckpoint> {
  const call = signal ? { signal } : {};
  const ref = { generation: manifest.generation, step: manifest.step };
  const { faults: before } = await verifyCheckpoint(source, { manifest, table }, "size", call);
  refuseFaults(before, ref, source, "what is copied is not whole");
  await copyRun(source, ref, target, signal);
  const there = await keysThere(target, table.shards.map(({ key }) => key), signal);
  let [objects, bytes, present] = [0, 0, 0];
  await inParallel(table.shards, AT_ONCE, async (shard, signal) => {
    if (!await copySame(source, shard, target, { isThere: there.has(shard.key), signal })) {
      return void present++;
    }
    objects++;
    bytes += shard.size;
  }, signal);
  await inParallel(
    manifest.records,
    AT_ONCE,
    ({ key }, signal) => copySmall(source, key, target, signal),
    signal,
  );
  if (!hasTable(manifest) && "key" in manifest.table) {
    await copySmall(source, manifest.table.key, target, signal);
    await tableOf(target, manifest, signal);
  }
  const { faults, bytes: compared } = await verifyCheckpoint(target, { manifest, table }, verify, call);
  refuseFaults(faults, ref, target, "the copy is not whole");
  await copySmall(source, commitKey(ref), target, signal);
  await confirmCommit(target, manifest, signal);
  await nameLatest(target, await newestCommit(target, signal) ?? ref, signal);
  return { ...ref, objects, bytes, present, verified: verify, compared };
}

async function find(
  series: Series,
  which: "latest" | number | CheckpointRef,
  signal: AbortSignal | undefined,
): Promise<CheckpointRef> {
  if (which !== "latest") {
    checkRef("copy a checkpoint", typeof which === "number" ? { generation: 0, step: which } : which);
  }
  for await (const found of findCommits(series, signal)) {
    const isIt = which === "latest" ||
      (typeof which === "number" ? found.step === which : compareRefs(found, which) === 0);
    if (isIt) return found;
  }
  const what = which === "latest"
    ? ""
    : ` of ${typeof which === "number" ? `step ${which}` : refName(which)}`;
  throw new NotFoundError({
    operation: "copy a checkpoint of",
    uri: series.store.uri,
    detail: `there is none${what}`,
  });
}

function refuseFaults(
  [fault]: readonly VerifyFault[],
  ref: CheckpointRef,
  { store }: Series,
  what: string,
): void {
  if (!fault) return;
  throw new InvalidCheckpointError({
    operation: `copy checkpoint ${refName(ref)} with`,
    uri: objectUri(store.uri, fault.key),
    detail: `${what}: ${fault.detail}`,
    advice: "verify the one that is copied",
    ...(fault.tensor !== undefined && { tensor: fault.tensor }),
    ...(fault.offset !== undefined && { offset: fault.offset }),
  });
}

/** Whoever writes in one place and finds it in the other has two names of one place. */
async function refuseItself(
  source: Series,
  { key }: Hold,
  target: Series,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!await exists(source.store, key, signal ? { signal } : {})) return;
  throw new PreconditionFailedError({
    operation: `copy a checkpoint of ${JSON.stringify(source.store.uri)} to`,
    uri: target.store.uri,
    detail: "both are one series",
    advice: "name another prefix or directory",
  });
}

/** Which of the objects are there, by a listing of where they lie. */
async function keysThere(
  { store }: Series,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Set<string>> {
  const there = new Set<string>();
  const folders = new Set(keys.map((key) => key.slice(0, key.lastIndexOf("/") + 1)));
  for (const folder of folders) {
    for await (const { key } of store.list(folder, signal ? { signal } : {})) there.add(key);
  }
  return there;
}

/** Of an object that is a function of its key's meaning. */
async function copySmall(
  source: Series,
  key: string,
  { store, ifIgnored }: Series,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { bytes } = await readWhole(source.store, key, signal);
  const operation = `copy ${JSON.stringify(objectUri(source.store.uri, key))} to`;
  // The name of a table tells its content, however that was compressed.
  const isSame = () => key.startsWith(PREFIXES.indexes);
  await createSame(store, key, bytes, { ifIgnored, operation, signal, isSame });
}
