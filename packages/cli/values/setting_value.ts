import type { Value } from "./value.ts";

/** One configuration value of a backend. */
export interface Setting {
  /** The scheme of the backend. */
  readonly scheme: string;
  /** Its name in the backend's configuration. */
  readonly name: string;
  /** The value: a boolean or number where it looks like one. */
  readonly value: boolean | number | string;
}

/** Reads `scheme.name=value` on the command line. */
export const settingValue: Value<Setting> = {
  metavar: "SCHEME.NAME=VALUE",
  placeholder: { scheme: "", name: "", value: "" },
  read(text) {
    const [, scheme, name, value] = /^([a-z][a-z0-9+-]*)\.([A-Za-z][A-Za-z0-9]*)=(.*)$/s.exec(text) ?? [];
    return scheme === undefined || name === undefined || value === undefined
      ? { problem: `${JSON.stringify(text)} is not of the form scheme.name=value.` }
      : { value: { scheme, name, value: typed(value) } };
  },
  format: ({ scheme, name, value }) => `${scheme}.${name}=${value}`,
};

function typed(value: string): Setting["value"] {
  if (value === "true" || value === "false") return value === "true";
  return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
}
