import type { Value } from "../values/value.ts";

const MOST = 65_535;

/** Reads operations at a time, step by step: `1,4,16`. */
export const stepsValue: Value<readonly number[]> = {
  metavar: "N,...",
  placeholder: [1],
  read(text) {
    const steps = text.split(",").map((step) => /^\d{1,5}$/.test(step) ? Number(step) : NaN);
    if (!steps.every((step) => step >= 1 && step <= MOST)) {
      return {
        problem: `${JSON.stringify(text)} are no numbers of 1 to ${MOST} with commas, such as 1,4,16.`,
      };
    }
    return new Set(steps).size < steps.length
      ? { problem: `${JSON.stringify(text)} has a number twice.` }
      : { value: steps };
  },
  format: (steps) => steps.join(","),
};

/** Reads a share, such as `5%`. */
export const percentValue: Value<number> = {
  metavar: "PERCENT",
  placeholder: 0,
  read(text) {
    const [, percent] = /^(\d{1,4}(?:\.\d{1,6})?)%$/.exec(text) ?? [];
    return percent === undefined
      ? { problem: `${JSON.stringify(text)} is no share such as 5%.` }
      : { value: Number(percent) / 100 };
  },
  format: (share) => `${Number((share * 100).toFixed(6))}%`,
};
