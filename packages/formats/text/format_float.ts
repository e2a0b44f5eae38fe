import { shortestFloat } from "./shortest_float.ts";

/** A float as the shortest text that is read as the same value: `0.1`, `1.0`, `1e-7`, `NaN`, `inf`. */
export function formatFloat(value: number, kind: string): string {
  if (!Number.isFinite(value)) return value > 0 ? "inf" : value < 0 ? "-inf" : "NaN";
  if (Object.is(value, -0)) return "-0.0";
  const text = String(shortestFloat(value, kind));
  return Number.isInteger(value) && !text.includes("e") ? `${text}.0` : text;
}
