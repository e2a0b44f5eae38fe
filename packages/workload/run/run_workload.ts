import type { CallOptions } from "@lade/core";
import type { Clock } from "@lade/core/backend";
import { NotFoundError } from "@lade/core/errors";
import { DataSource } from "../data/data_source.ts";
import { MARKER } from "../replay/claim_targets.ts";
import { hashText } from "../replay/hash_text.ts";
import type { StoreResolver } from "../replay/replay_options.ts";
import { adviceOf } from "../result/advice.ts";
import { type PhaseResult, RESULT_SCHEMA, type WorkloadResult } from "../result/workload_result.ts";
import type { ObjectSet, PhaseSpec, WorkloadSpec } from "../spec/workload_spec.ts";
import { Arrivals } from "./arrivals.ts";
import { Buffers } from "./buffers.ts";
import { cleanWorkload } from "./clean_workload.ts";
import type { WorkTools } from "./do_work.ts";
import { EachOnce } from "./each_once.ts";
import { LiveSet } from "./live_set.ts";
import { claimPrefix, digestOf, findPrefix, isMarked, type MarkedPrefix } from "./marked_prefix.ts";
import { MixedWork } from "./mixed_work.ts";
import { RandomStream } from "../random/random_stream.ts";
import { runPhase, type StepLoad } from "./run_phase.ts";
import { targetOf } from "./target_of.ts";
import type { WorkSource } from "./work.ts";

/** How far a run is. */
export interface WorkloadProgress {
  /** The phase. */
  readonly phase: string;
  /** The concurrency of its step; absent of one with a rate. */
  readonly concurrency?: number;
  /** Operations of it that have ended. */
  readonly ended: number;
  /** Those of them that failed. */
  readonly failed: number;
}

/** Options of {@linkcode runWorkload}. */
export interface RunWorkloadOptions extends CallOptions {
  /** The prefix, in place of that of the spec. */
  readonly target?: string;
  /** Memory of content that is on its way at a time, at most; 512 MiB by default. */
  readonly maxBufferedBytes?: number;
  /** Called just before a prefix is marked: from then on there is something to clean up. It must not throw. */
  readonly onMark?: () => void;
  /** Called when an operation has ended. It must not throw. */
  readonly onProgress?: (progress: WorkloadProgress) => void;
  /** Time; that of the store by default. */
  readonly clock?: Clock;
}

/** Memory of content that is on its way at a time, in bytes, where none is given. */
export const BUFFERED_BYTES = 512 * 2 ** 20;

/**
 * Runs a workload, phase by phase. All that it writes lies below the target, in a prefix that was empty when it was first used
 * there, or has the marker of the same seed, sets and content: else it is a `NotEmptyError` or a `PreconditionFailedError`, and
 * nothing is written. Objects that are there from a run before are used.
 *
 * An operation that fails is counted; where too many do, the run ends early, and the result says so. An abort ends what runs,
 * and rejects with its reason: what was written stays, for `cleanWorkload`. Memory: ten bytes for each object, 1 MiB for
 * each set, what is on its way, and histograms.
 */
export async function runWorkload(
  spec: WorkloadSpec,
  stores: StoreResolver,
  options: RunWorkloadOptions = {},
): Promise<WorkloadResult> {
  const { signal = new AbortController().signal } = options;
  const place = await findPrefix(targetOf(spec, options.target), stores);
  const clock = options.clock ?? place.store.context.clock;
  const sets = spec.objects.map((set) => new LiveSet(set, spec.seed));
  await enterPrefix(spec, place, sets, { signal, ...(options.onMark && { onMark: options.onMark }) });
  const contents = new Map(
    spec.objects.flatMap((own, index) => {
      const set = sets[index];
      return set ? [[set, contentOf(spec, own)] as const] : [];
    }),
  );
  const { maxBufferedBytes = BUFFERED_BYTES } = options;
  const tools: WorkTools = { place, contents, buffers: new Buffers(maxBufferedBytes), clock };
  const startedAt = new Date(clock.now()).toISOString();
  const runStartMs = clock.monotonicMs();
  const verified = { reads: 0, wrong: 0, examples: [] };
  const phases: PhaseResult[] = [];
  let stopped: string | undefined;
  for (const { phase, load, stream } of stepsOf(spec)) {
    const outcome = await runPhase({
      phase,
      load,
      source: sourceOf(spec, phase, sets, stream),
      tools,
      maxErrorRate: spec.maxErrorRate,
      maxBufferedBytes,
      verified,
      runStartMs,
      signal,
      onEnd: (ended, failed) =>
        options.onProgress?.({
          phase: phase.name,
          ...(load.kind === "closed" && { concurrency: load.concurrency }),
          ended,
          failed,
        }),
    });
    phases.push(outcome.result);
    stopped = outcome.stopped;
    if (stopped !== undefined) break;
    if (phase.kind === "delete" && phase.isCleanup) {
      await cleanWorkload(spec, stores, { ...options, signal });
    }
  }
  const { cpus, runtime } = { cpus: navigator.hardwareConcurrency, runtime: navigator.userAgent };
  const result = {
    ...{
      schema: RESULT_SCHEMA,
      spec,
      target: place.uri,
      host: { cpus, runtime },
      startedAt,
      phases,
    } as const,
    verify: verified,
    ...(stopped !== undefined && { stopped }),
  };
  return { ...result, advice: adviceOf(result) };
}

/** The content of a set; that of another set has nothing in common with it. */
function contentOf({ seed, data }: WorkloadSpec, { name, size }: ObjectSet): DataSource {
  const objectSize = size.kind === "fixed" ? { objectSize: size.size } : {};
  return new DataSource({ ...data, ...objectSize, seed: hashText(`content ${name}`, seed) });
}

/** Marks the prefix, or finds it marked; then its objects are those that are there. */
async function enterPrefix(
  spec: WorkloadSpec,
  place: MarkedPrefix,
  sets: readonly LiveSet[],
  { onMark = () => {}, ...call }: CallOptions & Pick<RunWorkloadOptions, "onMark">,
): Promise<void> {
  const digest = await digestOf(spec);
  const writes = spec.phases.some((phase) =>
    phase.kind === "put" || phase.kind === "mix" && phase.mix.some(({ op }) => op === "put")
  );
  if (!writes && !await isMarked(place, digest, call)) {
    throw new NotFoundError({
      operation: "run a workload in",
      uri: place.uri,
      detail: `it has no ${MARKER}, and the workload puts nothing`,
      advice: "put its sets in a phase before",
    });
  }
  if (writes && !await claimPrefix(place, spec, digest, onMark, call)) return;
  const { store, prefix } = place;
  for (const set of sets) {
    for await (const { key, size } of store.list(`${prefix}${set.name}/`, { ...call, order: "any" })) {
      const number = set.numberOf(key.slice(prefix.length));
      if (number === undefined || size !== set.sizeOf(number) || set.isLive(number)) continue;
      set.take(number);
      set.makeLive(number);
    }
  }
}

interface Step {
  readonly phase: PhaseSpec;
  readonly load: StepLoad;
  readonly stream: string;
}

/** The phases, each step of a sweep by itself. */
function stepsOf({ seed, phases }: WorkloadSpec): Step[] {
  return phases.flatMap((phase): Step[] => {
    const { load, name } = phase;
    if (load.kind === "closed") {
      return load.concurrency.map((concurrency) => ({
        phase,
        load: { kind: "closed", concurrency },
        stream: `${name} ${concurrency}`,
      }));
    }
    const { rate, arrival, maxInFlight } = load;
    const random = new RandomStream(seed, `${name} arrival`);
    const rampMs = phase.kind === "mix" ? phase.rampMs : 0;
    const arrivals = new Arrivals({ rate, arrival, rampMs, random });
    return [{ phase, load: { kind: "open", rate, arrivals, maxInFlight }, stream: name }];
  });
}

function sourceOf(
  { seed, verify }: WorkloadSpec,
  phase: PhaseSpec,
  sets: readonly LiveSet[],
  stream: string,
): WorkSource {
  if (phase.kind === "mix") return new MixedWork({ phase, sets, seed, stream, verify });
  const named = phase.sets.flatMap((name) => sets.find((set) => set.name === name) ?? []);
  return new EachOnce(phase.kind, named);
}
