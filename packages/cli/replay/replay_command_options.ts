import { argument, flag, option, repeated, type ValuesOf } from "../syntax/option.ts";
import { placeValue } from "../values/place_value.ts";
import { choiceValue, integerValue, textValue } from "../values/plain_values.ts";
import type { Value } from "../values/value.ts";

const speedValue: Value<number> = {
  metavar: "N",
  placeholder: 1,
  read(text) {
    const value = /^\d{1,9}(?:\.\d{1,9})?$/.test(text) ? Number(text) : 0;
    return value > 0
      ? { value }
      : { problem: `${JSON.stringify(text)} is no speed: it is a number above 0.` };
  },
  format: String,
};

const opsValue: Value<readonly string[]> = {
  metavar: "OP,...",
  placeholder: [],
  read: (text) => ({ value: text.toUpperCase().split(",") }),
  format: (ops) => ops.join(","),
};

/** What `lade replay` takes. */
export const replayCommandOptions = {
  map: repeated(
    ["--map"],
    textValue("FROM=TO[,TO...]"),
    (rules) => rules,
    "Do what the log did below FROM below TO, such as s3://logged/=s3://bench/; several TO share the objects. The longest FROM \
decides, and what none fits is passed over. May be given several times.",
  ),
  balance: option(
    ["--balance"],
    choiceValue({ metavar: "HOW", choices: ["sticky", "round-robin"] }),
    "sticky",
    "Which of several TO: sticky, the default, by a hash of the name, or round-robin, for places that show the same objects.",
  ),
  speed: option(
    ["--speed"],
    speedValue,
    undefined,
    "Begin each operation when it is due, N times as fast as in the log; 1 by default.",
  ),
  asap: flag(["--asap"], "Begin each operation as soon as -j lets it."),
  perThread: flag(
    ["--per-thread"],
    "Begin each operation as soon as the one before it of its thread in the log has ended.",
  ),
  jobs: option(
    ["-j", "--jobs"],
    integerValue({ metavar: "N", least: 1, most: 65_536 }),
    undefined,
    "Run at most N operations at a time; 256 by default. What begins late by it is told.",
  ),
  unordered: flag(
    ["--unordered"],
    "Let operations on one object overtake each other; they keep the order of the log by default.",
  ),
  write: flag(
    ["--write"],
    "Write and delete, below TO alone, which is empty or has an object lade-workload.json.",
  ),
  prepare: flag(
    ["--prepare"],
    "Before, write the objects that are read and that the log does not write first; none is replaced. Needs --write.",
  ),
  verify: flag(
    ["--verify"],
    "Compare what is read with what --prepare and replays of this --seed write.",
  ),
  readOnly: flag(["--read-only"], "Pass over all that writes or deletes."),
  ops: option(["--ops"], opsValue, undefined, "Replay these operations alone, such as GET,PUT."),
  prefix: option(
    ["--prefix"],
    textValue("URI"),
    undefined,
    "Replay what the log did below this prefix alone.",
  ),
  asHead: flag(["--as-head"], "Ask what is known of objects in place of reading them."),
  seed: option(
    ["--seed"],
    integerValue({ metavar: "N", least: 0, most: Number.MAX_SAFE_INTEGER }),
    undefined,
    "Decides the content that is written; 0 by default.",
  ),
  skipBad: flag(["--skip-bad"], "Pass over rows that have no meaning, and count them."),
  partial: flag(["--partial"], "Take what is there of a log that was cut off."),
  dryRun: flag(["--dry-run"], "Show where operations would go, and do nothing."),
  log: argument(placeValue({ metavar: "FILE", dash: false }), "An op-log, compressed or not."),
};

/** What was given of it. */
export type ReplayCommandValues = ValuesOf<typeof replayCommandOptions>;
