import { ONE_PIECE } from "../replay/replay_options.ts";
import type { LoadSpec, MixPhase, PhaseSpec, WorkloadSpec } from "../spec/workload_spec.ts";
import { roomFor } from "./buffers.ts";
import { largestOf } from "./clean_workload.ts";
import { sizesOf } from "./object_sizes.ts";
import { BUFFERED_BYTES } from "./run_workload.ts";

/** What a set of objects comes to. */
export interface PlannedSet {
  /** Its name. */
  readonly name: string;
  /** How many objects it has. */
  readonly objects: number;
  /** Their bytes, exactly. */
  readonly bytes: number;
  /** Bytes of the least one. */
  readonly least: number;
  /** Bytes of the greatest one. */
  readonly greatest: number;
}

/** What a phase, or one step of its sweep, comes to. */
export interface PlannedPhase {
  /** Its name. */
  readonly name: string;
  /** Operations at a time; absent of one with a rate. */
  readonly concurrency?: number;
  /** Operations that are due each second; absent of one with a concurrency. */
  readonly rate?: number;
  /** How many operations it has at most, its ramp included; absent where time alone ends it, and it is as fast as the store. */
  readonly ops?: number;
  /** Milliseconds after which it begins nothing more, its ramp included; absent where no time ends it. */
  readonly mostMs?: number;
}

/** What a workload would do. */
export interface WorkloadPlan {
  /** The sets. */
  readonly sets: readonly PlannedSet[];
  /** The phases and steps. */
  readonly phases: readonly PlannedPhase[];
  /** Objects of all sets. */
  readonly objects: number;
  /** Their bytes, which the prefix holds at most. */
  readonly bytes: number;
  /** Operations of the phases whose number is known, without their ramps' where these are as fast as the store. */
  readonly ops: number;
  /** Whether there are phases that have as many operations as the store can do. */
  readonly isOpenEnded: boolean;
  /** Bytes of memory that a run takes at most for objects and content. */
  readonly memory: number;
}

/** For each object: its place, where it stands, and who reads it. */
const BYTES_OF_OBJECT = 10;
const BYTES_OF_ONCE = 4;
/** For what content is made of. */
const BYTES_OF_SET = 2 ** 20;

/** Says what a workload would do, without a store. Sizes of all objects are added up. */
export function planWorkload(spec: WorkloadSpec, maxBufferedBytes = BUFFERED_BYTES): WorkloadPlan {
  const sets = spec.objects.map((set): PlannedSet => {
    const sizeOf = sizesOf(set, spec.seed);
    let [bytes, least, greatest] = [0, Infinity, 0];
    for (let number = 0; number < set.count; number++) {
      const size = sizeOf(number);
      bytes += size;
      if (size < least) least = size;
      if (size > greatest) greatest = size;
    }
    return { name: set.name, objects: set.count, bytes, least, greatest };
  });
  const countOf = (names: readonly string[]) =>
    sets.filter(({ name }) => names.includes(name)).reduce((sum, { objects }) => sum + objects, 0);
  const phases = spec.phases.flatMap((phase) => plannedSteps(phase, countOf));
  const objects = sets.reduce((sum, set) => sum + set.objects, 0);
  const isOnce = spec.phases.some((phase) => phase.kind === "mix" && phase.pick.kind === "once");
  const largest = Math.max(...spec.objects.map(({ size }) => largestOf(size)));
  const atOnce = Math.max(...spec.phases.map(({ load }) => mostOf(load)));
  return {
    sets,
    phases,
    objects,
    bytes: sets.reduce((sum, { bytes }) => sum + bytes, 0),
    ops: phases.reduce((sum, { ops = 0 }) => sum + ops, 0),
    isOpenEnded: phases.some(({ ops }) => ops === undefined),
    memory: BYTES_OF_SET * sets.length + objects * (BYTES_OF_OBJECT + (isOnce ? BYTES_OF_ONCE : 0)) +
      Math.min(maxBufferedBytes, atOnce * roomFor(Math.min(largest, ONE_PIECE))),
  };
}

function mostOf(load: LoadSpec): number {
  return load.kind === "closed" ? Math.max(...load.concurrency) : load.maxInFlight;
}

function plannedSteps(phase: PhaseSpec, countOf: (sets: readonly string[]) => number): PlannedPhase[] {
  const { name, load } = phase;
  if (phase.kind !== "mix") {
    const ops = countOf(phase.sets);
    return [{
      name,
      ...(load.kind === "closed" ? { concurrency: mostOf(load) } : { rate: load.rate }),
      ops,
    }];
  }
  const { durationMs, rampMs } = phase;
  const ends = durationMs !== undefined && { mostMs: rampMs + durationMs };
  const ops = opsOf(phase, countOf);
  const counted = ops !== undefined && { ops };
  if (load.kind === "open") return [{ name, rate: load.rate, ...counted, ...ends }];
  return load.concurrency.map((concurrency) => ({ name, concurrency, ...counted, ...ends }));
}

/** The most operations of a mix, where that is known. */
function opsOf(
  { load, mix, pick, durationMs, rampMs, ops }: MixPhase,
  countOf: (sets: readonly string[]) => number,
): number | undefined {
  const rampOps = load.kind === "open" ? load.rate * rampMs / 2000 : 0;
  const bounds = [
    ...(ops !== undefined ? [ops + rampOps] : []),
    ...(pick.kind === "once" ? [countOf([...new Set(mix.flatMap(({ on }) => on))])] : []),
    ...(load.kind === "open" && durationMs !== undefined ? [load.rate * durationMs / 1000 + rampOps] : []),
  ];
  return bounds.length > 0 ? Math.round(Math.min(...bounds)) : undefined;
}
