import type { LimitWindow } from "./limit_window.ts";

/**
 * What limits a transfer: the disk that is read or written, one connection, the network, a service that asks for fewer
 * requests or is slow to answer, the cores of this process, the number of objects, what was given (concurrency, bandwidth,
 * memory), or nothing for long.
 */
export type LimitKind =
  | "disk"
  | "connection"
  | "network"
  | "service"
  | "cores"
  | "objects"
  | "concurrency"
  | "bandwidth"
  | "memory"
  | "none";

/** What was found, and by what. */
export type LimitFinding =
  | { readonly by: "disk"; readonly what: "reading" | "writing"; readonly share: number }
  | { readonly by: "service"; readonly what: "throttled" }
  | { readonly by: "service"; readonly what: "slow"; readonly answerMs: number }
  | { readonly by: "cores"; readonly what: "thread" | "lanes" | "all"; readonly busy: number }
  | { readonly by: "objects"; readonly answerMs: number; readonly inFlight: number }
  | { readonly by: "concurrency"; readonly what: "objects"; readonly most: number }
  | { readonly by: "concurrency"; readonly what: "requests"; readonly most: number }
  | { readonly by: "network"; readonly most: number; readonly isFlat: boolean }
  | { readonly by: "connection" | "bandwidth" | "memory" }
  | { readonly by: "none"; readonly what: "short" | "idle" | "growing" };

/** What is over sooner says nothing. */
const SHORTEST_MS = 250;
/** A share of the time that makes something the limit. */
const MOST_OF_THE_TIME = 0.5;
/** Waits of less than so many at a time are no limit. */
const WAITED_FOR = 0.3;
/** A core that is busy for this share of the time is all used: the rest goes to whoever else runs. */
const BUSY = 0.9;
/** A service that throttles a smaller share of requests limits nothing. */
const THROTTLED_SHARE = 0.02;
/** Several requests at a time are not one connection. */
const ONE = 1.3;
/** Of smaller objects the requests count, not the bytes; and of fewer than so many, neither. */
const SMALL_BYTES = 2 ** 18;
const MANY = 16;
/** Parts of at least so many bytes are moved for longer than they are waited for. */
const LARGE_REQUEST = 2 ** 20;

/** Finds what limited what was done in a window: what is waited for most, unless a bound is reached before. */
export function judgeLimit(window: LimitWindow): LimitFinding {
  const { bytes, cores, coresBusy, elapsedMs, figures, heldBack, memory, threadBusy, waiting } = window;
  if (elapsedMs < SHORTEST_MS || (bytes === 0 && figures.requests === 0)) {
    return { by: "none", what: "short" };
  }
  if (heldBack >= MOST_OF_THE_TIME) return { by: "bandwidth" };
  if (isThrottled(window)) return { by: "service", what: "throttled" };
  if (coresBusy >= BUSY * cores) return { by: "cores", what: "all", busy: Math.min(1, coresBusy / cores) };
  const busy = threadBusy ?? coresBusy;
  if (busy >= BUSY) return { by: "cores", what: "thread", busy: Math.min(1, busy) };
  const lanesBusy = lanesOf(window);
  if (lanesBusy >= BUSY) return { by: "cores", what: "lanes", busy: Math.min(1, lanesBusy) };
  const disk = waiting.reading + waiting.writing;
  const moving = waiting.sending + waiting.bytes;
  const answers = waiting.answers + waiting.connecting;
  if (Math.max(disk, moving, answers) < WAITED_FOR) return { by: "none", what: "idle" };
  if (disk >= Math.max(moving, answers)) {
    const what = waiting.reading > waiting.writing ? "reading" : "writing";
    return { by: "disk", what, share: disk / (disk + moving + answers) };
  }
  const bound = window.requests?.bound ?? "unneeded";
  if (bound === "unneeded" && memory.shortages * 2 > memory.grants) return { by: "memory" };
  return moving >= answers ? judgeMoving(window) : judgeAnswers(window);
}

/** The share of the time in which each lane was busy, on average. */
function lanesOf({ coresBusy, figures: { lanes }, threadBusy }: LimitWindow): number {
  return lanes === 0 || threadBusy === undefined ? 0 : (coresBusy - threadBusy) / lanes;
}

function isThrottled({ figures, requests }: LimitWindow): boolean {
  const { throttled } = figures;
  return throttled > 0 &&
    (requests?.bound === "throttled" || throttled >= figures.requests * THROTTLED_SHARE);
}

/** Of bytes on their way. */
function judgeMoving(window: LimitWindow): LimitFinding {
  const { figures, objects, requests: { bound, most } = { bound: "unneeded", most: 0 } } = window;
  const given = ofConcurrency(window);
  if (given) return given;
  if (bound === "maximum") return { by: "concurrency", what: "requests", most };
  // A limit finds nothing out where no more than the next one ever waits.
  const isSingle = most <= 2 || (bound === "unneeded" && figures.requests <= 2 * Math.max(1, objects));
  if (inFlight(window) < ONE && isSingle) return { by: "connection" };
  return bound === "growing"
    ? { by: "none", what: "growing" }
    : { by: "network", most, isFlat: bound === "flat" };
}

/** Of answers that are waited for. */
function judgeAnswers(window: LimitWindow): LimitFinding {
  const { bytes, figures, objects, requests } = window;
  const given = ofConcurrency(window);
  if (given) return given;
  const answerMs = figures.waitedMs.answers / Math.max(1, figures.requests);
  const isFlat = requests?.bound === "flat";
  // What was handed to the network is not there yet: an upload waits for the rest of the way too.
  const perRequest = (figures.bytesRead + figures.bytesWritten) / Math.max(1, figures.requests);
  if (isFlat && perRequest >= LARGE_REQUEST) return { by: "network", most: requests.most, isFlat };
  if (objects >= MANY && bytes / objects <= SMALL_BYTES && !isFlat) {
    return { by: "objects", answerMs, inFlight: inFlight(window) };
  }
  return { by: "service", what: "slow", answerMs };
}

/** Whether so many objects as were asked for were worked on all the time, one request each, and more might go. */
function ofConcurrency(window: LimitWindow): LimitFinding | undefined {
  const { concurrency: most, objects, requests } = window;
  if (most === undefined || objects <= most || requests?.bound === "flat") return undefined;
  const running = inFlight(window);
  return running >= MOST_OF_THE_TIME * most && running < ONE * most
    ? { by: "concurrency", what: "objects", most }
    : undefined;
}

/** Requests in flight, on average. */
function inFlight({ waiting: { answers, bytes, connecting, sending } }: LimitWindow): number {
  return connecting + sending + answers + bytes;
}
