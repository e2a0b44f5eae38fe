import { nodeModule } from "@lade/codec/node";
import type { ObjectStore, RequestBound, StoreContext, StoreFigures } from "@lade/core";
import { sumFigures } from "@lade/core/backend";

/** CPU time that was used, in milliseconds. */
export interface CpuTime {
  /** By all threads of this process. */
  readonly process: number;
  /** By the thread that this runs in; absent where the runtime does not tell. */
  readonly thread?: number;
}

/** How many requests may be in flight, and why. */
export interface RequestState {
  /** What bounds them. */
  readonly bound: RequestBound;
  /** How many may be in flight. */
  readonly current: number;
  /** How many were, at most. */
  readonly most: number;
}

/** What was counted up to one moment. */
export interface LimitSample {
  /** The moment, on the monotonic clock. */
  readonly atMs: number;
  /** CPU time so far. */
  readonly cpu: CpuTime;
  /** What all stores have done so far. */
  readonly figures: StoreFigures;
  /** For how long the bandwidth that was given held bytes back so far. */
  readonly heldBackMs: number;
  /** How often memory was taken, and how often there was none, so far. */
  readonly memory: { readonly grants: number; readonly shortages: number };
  /** What bounds reads from services now; absent where no service is read. */
  readonly reads?: RequestState;
  /** What bounds writes to services now. */
  readonly writes?: RequestState;
}

/** What samples are taken of. */
export interface SampledStores {
  /** What the stores share. */
  readonly context: StoreContext;
  /** The stores that are open. */
  readonly stores: readonly ObjectStore[];
}

/** Takes a sample of the stores that are open now. */
export function takeSample(
  { context, stores }: SampledStores,
  cpuTime: () => CpuTime = readCpuTime,
): LimitSample {
  const { bandwidth, budget, clock } = context;
  const services = stores.filter((store) => (store.figures?.().requests ?? 0) > 0);
  const reads = busiest(services.map(({ limits }) => limits.read));
  const writes = busiest(services.flatMap(({ limits }) => limits.write ?? []));
  return {
    atMs: clock.monotonicMs(),
    cpu: cpuTime(),
    figures: sumFigures(stores.flatMap((store) => store.figures?.() ?? [])),
    heldBackMs: bandwidth?.heldBackMs ?? 0,
    memory: { grants: budget.grants, shortages: budget.shortages },
    ...(reads && { reads }),
    ...(writes && { writes }),
  };
}

/** The one with the most requests in flight. */
function busiest(limits: readonly RequestState[]): RequestState | undefined {
  const [first, ...others] = limits;
  const found = first && others.reduce((one, other) => other.most > one.most ? other : one, first);
  return found && { bound: found.bound, current: found.current, most: found.most };
}

/** What the runtime tells of CPU time; nothing used where it tells nothing. */
export function readCpuTime(): CpuTime {
  const node = nodeModule("node:process");
  if (!node?.cpuUsage) return { process: 0 };
  const thread = node.threadCpuUsage?.();
  return { process: sum(node.cpuUsage()), ...(thread && { thread: sum(thread) }) };
}

function sum({ user, system }: { readonly user: number; readonly system: number }): number {
  return (user + system) / 1_000;
}
