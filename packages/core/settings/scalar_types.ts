import { parseDuration } from "./parse_duration.ts";
import { parseSize } from "./parse_size.ts";
import type { SettingType } from "./setting_type.ts";

/** Control characters, which no name, address, path or key holds. */
// deno-lint-ignore no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/;

/** A text on one line; with a pattern, one that fits it. */
export function textType(
  config: { readonly expected?: string; readonly pattern?: RegExp; readonly example?: string } = {},
): SettingType {
  const { expected = "a text on one line", pattern, example = "text" } = config;
  const accepts = (value: unknown) =>
    typeof value === "string" && value !== "" && !CONTROL.test(value) && (!pattern || pattern.test(value));
  return {
    expected,
    shown: "text",
    example,
    accepts,
    parse: (text) => accepts(text) ? text : undefined,
  };
}

/** All but what stands in files of credentials and certificates: JSON and PEM, as they are or in base64. */
const PATH = /^(?!\{\s*"|-----BEGIN |(?:eyJ|ew[o0]|LS0tLS1)[\w+/]{60,})/;

/** The path of a file, and not its content; `~/` at its start stands for the home directory. */
export const fileType: SettingType = {
  ...textType({
    expected: "the path of a file rather than its content",
    pattern: PATH,
    example: "/etc/file",
  }),
  shown: "path",
};

/** `true` or `false`; as text in either case of letters, or 1 or 0. */
export const flagType: SettingType = {
  expected: "true or false",
  shown: "boolean",
  example: "true",
  accepts: (value) => typeof value === "boolean",
  parse: (text) => /^(true|1)$/i.test(text) ? true : /^(false|0)$/i.test(text) ? false : undefined,
};

/** Bounds of a number, both possible. */
export interface NumberBounds {
  /** The least. */
  readonly least: number;
  /** The greatest; any by default. */
  readonly most?: number;
  /** What it is a multiple of; 1 by default. */
  readonly multipleOf?: number;
}

/** A whole number. */
export function wholeType(
  { least, most = Number.MAX_SAFE_INTEGER, multipleOf = 1 }: NumberBounds,
): SettingType {
  const fits = (value: number) => value >= least && value <= most && value % multipleOf === 0;
  const multiple = multipleOf === 1 ? "" : `, a multiple of ${multipleOf}`;
  return {
    expected: `a whole number from ${least} up${
      most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ""
    }${multiple}`,
    shown: "number",
    example: String(least),
    accepts: (value) => Number.isSafeInteger(value) && fits(Number(value)),
    parse: (text) => {
      const value = /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
      return fits(value) ? value : undefined;
    },
  };
}

/** A number of bytes; as text with a unit, such as `8MiB`, or without. */
export function sizeType(bounds: NumberBounds): SettingType {
  const whole = wholeType(bounds);
  return {
    ...whole,
    expected: `${whole.expected}, or a size such as 8MiB`,
    shown: "size",
    parse: (text) => {
      const value = parseSize(text);
      return value !== undefined && whole.accepts(value) ? value : undefined;
    },
  };
}

/** A number of milliseconds; as text with a unit, such as `500ms`, `90s` or `1h30m`, or without. */
export function durationType(bounds: NumberBounds): SettingType {
  const whole = wholeType(bounds);
  return {
    ...whole,
    expected: `milliseconds${whole.expected.slice("a whole number".length)}, or a time such as 90s`,
    shown: "time",
    parse: (text) => {
      const [, digits] = /^(\d{1,15})(?: ?ms)?$/i.exec(text) ?? [];
      const value = digits === undefined ? parseDuration(text) : Number(digits);
      return value !== undefined && whole.accepts(value) ? value : undefined;
    },
  };
}

/** One of a few values; words are taken in either case of letters. */
export function oneOfType(...values: readonly (string | boolean | number)[]): SettingType {
  const quoted = values.map((value) => JSON.stringify(value)).join(", ");
  return {
    expected: `one of ${quoted}`,
    shown: quoted,
    example: String(values[0]),
    accepts: (value) => values.some((each) => each === value),
    parse: (text) => values.find((value) => String(value).toLowerCase() === text.toLowerCase()),
  };
}

/** A value of one type, or a word that stands for another behaviour: `"auto"`. */
export function orWord(type: SettingType, word: string): SettingType {
  return {
    ...type,
    expected: `${type.expected}, or ${JSON.stringify(word)}`,
    shown: `${type.shown}, ${JSON.stringify(word)}`,
    accepts: (value) => value === word || type.accepts(value),
    parse: (text) => text.toLowerCase() === word ? word : type.parse(text),
  };
}
