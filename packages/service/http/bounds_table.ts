import { defaultBounds } from "@lade/core/bounds";
import { defaultRetryPolicy } from "@lade/core/retry";
import { responseLimits } from "./response_limits.ts";

/** One bound, as the documentation has it. */
export interface BoundRow {
  /** Its name; one without a dot that {@linkcode Bounds} has can be set by users. */
  readonly name: string;
  /** What it is where nothing is set. */
  readonly value: number;
  /** What is counted. */
  readonly unit: "ms" | "bytes" | "tries" | "bytes/s" | "";
  /** What it bounds, and what happens beyond it. */
  readonly meaning: string;
}

/** Every bound on what a service may make this side wait for, hold or repeat: the documentation's table, and a test's. */
export const BOUNDS: readonly BoundRow[] = [
  {
    name: "connectTimeoutMs",
    value: defaultBounds.connectTimeoutMs,
    unit: "ms",
    meaning: "opening one connection, TLS included; past TCP's second repetition",
  },
  {
    name: "unreachableAfterMs",
    value: 6_000,
    unit: "ms",
    meaning: "trying to reach an endpoint that has not answered yet, or was waited for in vain",
  },
  {
    name: "firstByteTimeoutMs",
    value: defaultBounds.firstByteTimeoutMs,
    unit: "ms",
    meaning: "one wait for an answer once the request is sent",
  },
  {
    name: "slowAnswerTimeoutMs",
    value: defaultBounds.slowAnswerTimeoutMs,
    unit: "ms",
    meaning: "the same for copies, completions of uploads and deletions of many, answered when all is done",
  },
  {
    name: "stallTimeoutMs",
    value: defaultBounds.stallTimeoutMs,
    unit: "ms",
    meaning: "no byte moves within a body that is sent or read",
  },
  {
    name: "minBytesPerSecond",
    value: 32,
    unit: "bytes/s",
    meaning: "what a body has to bring over four stall bounds, so that single bytes do not keep it alive",
  },
  {
    name: "patienceMs",
    value: defaultBounds.patienceMs,
    unit: "ms",
    meaning: "the whole of a silence: a call without an answer, or a read without a byte, over all tries",
  },
  {
    name: "maxAttempts",
    value: defaultRetryPolicy.maxAttempts,
    unit: "tries",
    meaning: "tries of one request at a service that answers others",
  },
  {
    name: "awayAttempts",
    value: defaultRetryPolicy.awayAttempts,
    unit: "tries",
    meaning:
      "tries of one request at a service that has answered before and is away; `maxAttempts` where that is set",
  },
  {
    name: "baseDelayMs",
    value: defaultRetryPolicy.baseDelayMs,
    unit: "ms",
    meaning: "the wait before the second try, at most; it doubles with every further one",
  },
  {
    name: "maxDelayMs",
    value: defaultRetryPolicy.maxDelayMs,
    unit: "ms",
    meaning: "the wait before any try, at most, where the service asks for none",
  },
  {
    name: "maxRetryAfterMs",
    value: defaultBounds.maxRetryAfterMs,
    unit: "ms",
    meaning:
      "the wait that a service may ask for by `Retry-After`; more ends the call, with what was asked for",
  },
  {
    name: "idleTimeoutMs",
    value: 20_000,
    unit: "ms",
    meaning: "how long a connection without a request is kept",
  },
  {
    name: "continueTimeoutMs",
    value: 1_000,
    unit: "ms",
    meaning: "the wait for `100 Continue`; then the body is sent anyway",
  },
  {
    name: "maxConnections",
    value: 256,
    unit: "",
    meaning: "connections to one endpoint; more requests wait for one",
  },
  {
    name: "maxHeadBytes",
    value: responseLimits.maxHeadBytes,
    unit: "bytes",
    meaning: "the head of an answer, and the trailers of one",
  },
  {
    name: "maxHeaders",
    value: responseLimits.maxHeaders,
    unit: "",
    meaning: "headers of one answer",
  },
  {
    name: "maxInterimResponses",
    value: responseLimits.maxInterimResponses,
    unit: "",
    meaning: "interim (1xx) answers before the final one",
  },
  {
    name: "maxChunkLineBytes",
    value: responseLimits.maxChunkLineBytes,
    unit: "bytes",
    meaning: "the line of a chunk's size",
  },
  {
    name: "maxChunkExtensionBytes",
    value: responseLimits.maxChunkExtensionBytes,
    unit: "bytes",
    meaning: "chunk extensions of one answer",
  },
];
