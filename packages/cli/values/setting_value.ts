import type { Reading, Value } from "./value.ts";
import { system } from "@lade/core/system";
import { checkSettings, type Setting, type SettingTable, SettingText } from "@lade/core/settings";
import { SETTING_TABLES } from "@lade/lade/settings";

/** One configuration value of a backend. */
export interface SettingArgument {
  /** The scheme of the backend, or the URI prefix, that it is for. */
  readonly target: string;
  /** Its name in the backend's configuration; a dot leads into a record, and to one entry of a map. */
  readonly name: string;
  /** The value as it was written, or what a file holds. */
  readonly value: SettingText | Uint8Array;
}

const SOURCE = "--config";
const FORM =
  "scheme.name=value, such as s3.region=eu-west-1, s3.multipart.partSize=16MiB, s3.tags.name=value or s3://other/=profile=dev";

const BY_SCHEME = /^(([a-z][a-z0-9+-]*))\.([A-Za-z][^=]*)=(.*)$/s;
/** The prefix ends with the first slash that an equals sign follows. */
const BY_PREFIX = /^(([A-Za-z][A-Za-z0-9+.-]*):\/\/.*?\/)=([A-Za-z][^=]*)=(.*)$/s;

/**
 * Reads `scheme.name=value` or `scheme://prefix/=name=value` on the command line: text, a list `a=b,c=d` or JSON for a record, and `@file` for a secret
 * that a file holds. What the backend's table does not know is a problem that says what it knows.
 */
export const settingValue: Value<SettingArgument> = {
  metavar: "SCHEME.NAME=VALUE",
  placeholder: { target: "", name: "", value: new SettingText("", SOURCE) },
  read(text) {
    const [, target, scheme, name, value] = BY_SCHEME.exec(text) ?? BY_PREFIX.exec(text) ?? [];
    if (target === undefined || scheme === undefined || name === undefined || value === undefined) {
      return { problem: `${JSON.stringify(text.replace(/=.*/s, "=…"))} is not of the form ${FORM}.` };
    }
    const tables: Readonly<Record<string, SettingTable>> = SETTING_TABLES;
    const known = scheme.toLowerCase();
    const table = Object.hasOwn(tables, known) ? tables[known] : undefined;
    // Whether there is such a scheme is for the registry to say.
    return table
      ? readKnown(table, target, name, value)
      : { value: { target, name, value: new SettingText(value, SOURCE) } };
  },
  format: ({ target, name, value }) => {
    const text = value instanceof SettingText ? value.text : "…";
    return `${target}${target.endsWith("/") ? "=" : "."}${name}=${text}`;
  },
};

function readKnown(
  table: SettingTable,
  target: string,
  name: string,
  text: string,
): Reading<SettingArgument> {
  try {
    const row = table.find((row) => row.name === name);
    const source = target.endsWith("/") ? `${SOURCE} ${target}` : SOURCE;
    const value = row?.secret && text.startsWith("@")
      ? readSecret(row, text.slice(1), source)
      : new SettingText(text, source);
    checkSettings(table, { [name]: value }, `Cannot configure ${target}`);
    return { value: { target, name, value } };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { problem: `${error.message}.` };
  }
}

/** Reads a secret that a file holds: its text without the white space around it, or its bytes where these are taken. */
export function readSecret(row: Setting, path: string, source: string): SettingText | Uint8Array {
  let bytes: Uint8Array;
  try {
    bytes = system.readFileSync(path);
  } catch (error) {
    const reason = error instanceof system.errors.NotFound ? "there is no such file" : "it cannot be read";
    throw new TypeError(`Cannot read ${row.name} from ${JSON.stringify(path)}: ${reason}`, { cause: error });
  }
  return row.type.accepts(bytes) ? bytes : new SettingText(new TextDecoder().decode(bytes), source);
}
