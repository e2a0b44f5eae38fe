import {
  AdaptiveLimit,
  type ObjectStore,
  type PartWriterOptions,
  type ReadHints,
  type StoreFigures,
  type StoreLimits,
} from "@lade/core/backend";
import { type HedgeBudget, RangeHedges } from "@lade/core/concurrency";
import { type Bounds, defaultBounds } from "@lade/core/bounds";
import type { ShownSetting } from "@lade/core/settings";

/** A container of a service, as its store and each of its operations has it; a backend adds the way to it. */
export interface ServiceTarget extends
  Pick<
    ObjectStore,
    "uri" | "capabilities" | "readHints" | "context" | "keyFault" | "metadataNameFault"
  > {
  /** Requests in flight. */
  readonly limits: StoreLimits & { readonly write: AdaptiveLimit };
  /** What its transport has done; absent where it counts nothing. */
  readonly figures?: StoreFigures | undefined;
  /** Bytes of a part of what is written, unless a write asks for others. */
  readonly partSize: number;
  /** Whether a version is had even where the service keeps none, as a snapshot is; none is by default. */
  hasAnyway?(version: string): boolean;
  /** Why the service does not do what a write asks for, in words of its own; those of `checkCall` by default. */
  refusal?(options: PartWriterOptions): string | undefined;
  /** What holds for the container and where it came from, who asks among it; nothing by default. */
  settings?(): Promise<readonly ShownSetting[]>;
}

/** What a {@linkcode ServiceTarget} is made of. */
export interface ServiceTargetSetup extends Omit<ServiceTarget, "limits" | "readHints"> {
  /** The URL of the service, of which scheme, host and port count: what stores of it learned of its limits is used again. */
  readonly url?: string | undefined;
  /** Opens connections to the service before requests need them; nothing does by default. */
  readonly openAhead?: ((connections: number) => void) | undefined;
  /** How long is waited; the library's bounds by default. */
  readonly bounds?: Bounds | undefined;
  /** Parts in flight at most, over all writes; found by measuring (`"auto"`) by default. */
  readonly uploadConcurrency?: number | "auto" | undefined;
  /** Bounds what is asked for a second time because it is slow; nothing is by default. */
  readonly hedges?: HedgeBudget | undefined;
  /** How reads are cut where other sizes serve better: chunks of 8 MiB, and later of 32 MiB. */
  readonly readHints?: Partial<ReadHints>;
}

// A write shows nothing before its parts are there, which takes longer than the first bytes of an answer.
const FIRST_READS = 4;
const FIRST_WRITES = 8;
const MAX_READ_CONCURRENCY = 64;
const MAX_WRITE_CONCURRENCY = 32;

/** Makes a target: from 4 reads and 8 writes in flight up, or from what the endpoint bore before. */
export function serviceTarget(setup: ServiceTargetSetup): ServiceTarget {
  const { bounds = defaultBounds, hedges, openAhead, readHints, uploadConcurrency, url, ...target } = setup;
  const most = uploadConcurrency ?? "auto";
  const { context: { clock, endpoints }, figures } = target;
  const { maxRetryAfterMs, patienceMs } = bounds;
  const endpoint = URL.parse(url ?? "")?.origin;
  const limit = (direction: "read" | "write", initial: number, maximum: number) => {
    const memory = endpoint === undefined ? undefined : endpoints?.limitOf(endpoint, direction);
    const answerMs = figures && (() => figures.leastAnswerMs);
    return new AdaptiveLimit({ clock, initial, maximum, memory, answerMs, onAhead: openAhead });
  };
  const sizes = {
    firstChunkSize: 2 ** 23,
    chunkSize: 2 ** 23,
    largestChunkSize: 2 ** 25,
    alignment: 1,
    coalesceGap: 2 ** 17,
  };
  return {
    ...target,
    readHints: { ...sizes, ...readHints, maxRetryAfterMs, patienceMs },
    limits: {
      read: limit("read", FIRST_READS, MAX_READ_CONCURRENCY),
      write: most === "auto" ? limit("write", FIRST_WRITES, MAX_WRITE_CONCURRENCY) : fixedLimit(target, most),
      ...(hedges && { hedges: new RangeHedges(hedges, clock) }),
    },
  };
}

/** Bounds the parts of one write: as it asks, else with all others of the store. */
export function writeLimit(target: ServiceTarget, concurrency: number | undefined): AdaptiveLimit {
  return concurrency === undefined ? target.limits.write : fixedLimit(target, concurrency);
}

function fixedLimit({ context: { clock } }: Pick<ServiceTarget, "context">, most: number): AdaptiveLimit {
  return new AdaptiveLimit({ clock, initial: most, maximum: most });
}
