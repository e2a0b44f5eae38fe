import { defaultBounds } from "@lade/core/bounds";
import { durationType, type SettingTable } from "@lade/core/settings";

/** The settings of the bounds on time, which are those of every service. */
export const BOUND_ROWS: SettingTable = [
  {
    name: "connectTimeoutMs",
    type: durationType({ least: 1 }),
    environment: ["LADE_CONNECT_TIMEOUT"],
    default: defaultBounds.connectTimeoutMs,
    help: "longest time to open a connection",
  },
  {
    name: "firstByteTimeoutMs",
    type: durationType({ least: 1 }),
    environment: ["LADE_FIRST_BYTE_TIMEOUT"],
    default: defaultBounds.firstByteTimeoutMs,
    help: "longest wait for an answer",
  },
  {
    name: "slowAnswerTimeoutMs",
    type: durationType({ least: 1 }),
    environment: ["LADE_SLOW_ANSWER_TIMEOUT"],
    default: defaultBounds.slowAnswerTimeoutMs,
    help: "the same for copies, completions of uploads and deletions of many",
  },
  {
    name: "stallTimeoutMs",
    type: durationType({ least: 1 }),
    environment: ["LADE_STALL_TIMEOUT"],
    default: defaultBounds.stallTimeoutMs,
    help: "longest time without a byte within one body",
  },
  {
    name: "patienceMs",
    type: durationType({ least: 0 }),
    environment: ["LADE_PATIENCE"],
    default: defaultBounds.patienceMs,
    help: "how long a call goes on without an answer, or a read without a byte, over all tries",
  },
  {
    name: "maxRetryAfterMs",
    type: durationType({ least: 0 }),
    environment: ["LADE_MAX_RETRY_AFTER"],
    default: defaultBounds.maxRetryAfterMs,
    help: "longest wait that the service may ask for by `Retry-After`",
  },
];
