import type { Value } from "./value.ts";

/** Configuration of {@linkcode integerValue}. */
export interface IntegerValueConfig {
  /** How the help calls it. */
  readonly metavar: string;
  /** The least number that is taken. */
  readonly least: number;
  /** The greatest; any by default. */
  readonly most?: number;
}

/** Reads a whole number. */
export function integerValue(config: IntegerValueConfig): Value<number> {
  const { metavar, least, most = Number.MAX_SAFE_INTEGER } = config;
  return {
    metavar,
    placeholder: least,
    read(text) {
      const quoted = JSON.stringify(text);
      if (!/^-?\d+$/.test(text)) return { problem: `${quoted} is not a whole number.` };
      const value = Number(text);
      if (value < least) return { problem: `${quoted} is less than ${least}.` };
      return value > most ? { problem: `${quoted} is more than ${most}.` } : { value };
    },
    format: String,
  };
}
