import type { CheckpointRef, KeepPolicy } from "@lade/checkpoint";
import { durationValue } from "./plain_values.ts";
import type { Value } from "./value.ts";

/** Which checkpoint a command line names. */
export type NamedCheckpoint = "latest" | number | CheckpointRef;

const DIGITS = { generation: 8, step: 12 };

/** Reads which checkpoint: latest, a step, or generation-step. */
export const checkpointValue: Value<NamedCheckpoint> = {
  metavar: "STEP",
  placeholder: "latest",
  read(text) {
    if (text === "latest") return { value: text };
    if (/^\d{1,12}$/.test(text)) return { value: Number(text) };
    const [, generation, step] = /^(\d{1,8})-(\d{1,12})$/.exec(text) ?? [];
    return generation === undefined || step === undefined
      ? {
        problem: `${JSON.stringify(text)} is neither latest, nor a step such as 1000, nor GENERATION-STEP.`,
      }
      : { value: { generation: Number(generation), step: Number(step) } };
  },
  format: (which) =>
    typeof which === "object"
      ? `${String(which.generation).padStart(DIGITS.generation, "0")}-${
        String(which.step).padStart(DIGITS.step, "0")
      }`
      : String(which),
};

/** Reads how many of the best are kept, and by which metric: METRIC=min:N. */
export const bestValue: Value<NonNullable<KeepPolicy["best"]>> = {
  metavar: "METRIC=min|max:N",
  placeholder: { metric: "loss", mode: "min", count: 1 },
  read(text) {
    const [, metric, mode, count] = /^(.+)=(min|max):([1-9]\d{0,8})$/s.exec(text) ?? [];
    return metric === undefined || (mode !== "min" && mode !== "max")
      ? { problem: `${JSON.stringify(text)} is not METRIC=min:N or METRIC=max:N, such as loss=min:2.` }
      : { value: { metric, mode, count: Number(count) } };
  },
  format: ({ metric, mode, count }) => `${metric}=${mode}:${count}`,
};

const duration = durationValue({ most: "365d" });

/** Reads how long what is retired stays, in milliseconds: 0 for not at all. */
export const graceValue: Value<number> = {
  ...duration,
  read: (text) => /^0s?$/.test(text) ? { value: 0 } : duration.read(text),
};
