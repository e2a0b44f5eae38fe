import type { Value } from "./value.ts";

/** An ISO 8601 date with or without a time, or one as HTTP writes it. */
const DATE =
  /^(\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?|[A-Z][a-z]{2}, \d\d? [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT)$/;

/** Reads a time on the command line. */
export const dateValue: Value<Date> = {
  metavar: "DATE",
  placeholder: new Date(0),
  read(text) {
    const value = new Date(DATE.test(text) && hasDay(text) ? text : NaN);
    return Number.isNaN(value.getTime())
      ? { problem: `${JSON.stringify(text)} is not a date such as 2030-12-31 or 2030-12-31T23:59:59Z.` }
      : { value };
  },
  format: (value) => value.toISOString(),
};

/** Whether the month of a date has its day: `Date` takes the 30th of February for the 2nd of March. */
function hasDay(text: string): boolean {
  const [, iso, day = iso?.slice(-2)] = /^(\d{4}-\d\d-\d\d)|, (\d\d?) /.exec(text) ?? [];
  return new Date(iso ?? text).getUTCDate() === Number(day);
}

/** Reads `name=value` on the command line; names are stored in lower case. */
export const metadataValue: Value<readonly [name: string, value: string]> = {
  metavar: "NAME=VALUE",
  placeholder: ["", ""],
  read(text) {
    const [, name, value] = /^([A-Za-z0-9_-]+)=(.*)$/s.exec(text) ?? [];
    return name === undefined || value === undefined
      ? { problem: `${JSON.stringify(text)} is not of the form name=value.` }
      : { value: [name.toLowerCase(), value] };
  },
  format: ([name, value]) => `${name}=${value}`,
};

/** Reads `name=value` on the command line, of which the name is what stands before the first `=`. */
export const tagValue: Value<readonly [name: string, value: string]> = {
  metavar: "NAME=VALUE",
  placeholder: ["", ""],
  read(text) {
    const at = text.indexOf("=");
    return at < 1
      ? { problem: `${JSON.stringify(text)} is not of the form name=value.` }
      : { value: [text.slice(0, at), text.slice(at + 1)] };
  },
  format: ([name, value]) => `${name}=${value}`,
};
