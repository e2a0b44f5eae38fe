import type { StoreFigures, WaitFigures } from "@lade/core";
import type { LimitSample, RequestState } from "./limit_sample.ts";

/** What a transfer has done, as far as the stores do not tell. */
export interface LimitWork {
  /** Objects that were transferred. */
  readonly objects: number;
  /** Their bytes; what the stores read where it is absent. */
  readonly bytes?: number | undefined;
  /** Objects that are worked on at a time, where somebody asked for so many. */
  readonly concurrency?: number | undefined;
}

/** What happened between two samples. */
export interface LimitWindow extends Omit<LimitWork, "bytes"> {
  /** Bytes of the objects. */
  readonly bytes: number;
  /** How long that was, in milliseconds. */
  readonly elapsedMs: number;
  /** Cores that this process kept busy, on average. */
  readonly coresBusy: number;
  /** The share of the time in which the thread of this program was busy; absent where the runtime does not tell. */
  readonly threadBusy?: number;
  /** Cores that there are. */
  readonly cores: number;
  /** The share of the time in which the bandwidth that was given held bytes back. */
  readonly heldBack: number;
  /** What the stores did; `addresses` tell of all time. */
  readonly figures: StoreFigures;
  /** How many waited for each thing at a time, on average. */
  readonly waiting: WaitFigures;
  /** How often memory was taken, and how often there was none. */
  readonly memory: LimitSample["memory"];
  /** Bytes that buffers may take. */
  readonly memoryBytes: number;
  /** What bounds requests to the service, of the direction that waited more. */
  readonly requests?: RequestState;
}

/** What of the surroundings stays the same. */
export interface LimitSurroundings {
  /** Cores that there are. */
  readonly cores: number;
  /** Bytes that buffers may take. */
  readonly memoryBytes: number;
}

/** What happened from `before` to `after`. */
export function windowOf(
  before: LimitSample,
  after: LimitSample,
  work: LimitWork,
  { cores, memoryBytes }: LimitSurroundings,
): LimitWindow {
  const elapsedMs = after.atMs - before.atMs;
  const share = (ms: number) => elapsedMs > 0 ? ms / elapsedMs : 0;
  const figures = grown(before.figures, after.figures);
  const waiting = eachWait((name) => share(figures.waitedMs[name]));
  const requests = waiting.sending > waiting.bytes ? after.writes : after.reads;
  const threadMs = after.cpu.thread === undefined ? undefined : after.cpu.thread - (before.cpu.thread ?? 0);
  return {
    ...work,
    bytes: work.bytes ?? figures.bytesRead,
    elapsedMs,
    coresBusy: share(after.cpu.process - before.cpu.process),
    ...(threadMs !== undefined && { threadBusy: share(threadMs) }),
    cores,
    heldBack: share(after.heldBackMs - before.heldBackMs),
    figures,
    waiting,
    memory: {
      grants: after.memory.grants - before.memory.grants,
      shortages: after.memory.shortages - before.memory.shortages,
    },
    memoryBytes,
    ...(requests && { requests }),
  };
}

/** By how much figures have grown. */
function grown(before: StoreFigures, after: StoreFigures): StoreFigures {
  return {
    requests: after.requests - before.requests,
    retries: after.retries - before.retries,
    throttled: after.throttled - before.throttled,
    hedges: {
      issued: after.hedges.issued - before.hedges.issued,
      won: after.hedges.won - before.hedges.won,
    },
    bytesRead: after.bytesRead - before.bytesRead,
    bytesWritten: after.bytesWritten - before.bytesWritten,
    connections: after.connections - before.connections,
    lanes: after.lanes,
    waitedMs: eachWait((name) => after.waitedMs[name] - before.waitedMs[name]),
    addresses: after.addresses,
  };
}

function eachWait(of: (name: keyof WaitFigures) => number): WaitFigures {
  return {
    connecting: of("connecting"),
    sending: of("sending"),
    answers: of("answers"),
    bytes: of("bytes"),
    reading: of("reading"),
    writing: of("writing"),
  };
}
