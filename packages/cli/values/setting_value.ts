import { checkSettings, type SettingTable, SettingText } from "@lade/core/settings";
import { SETTING_TABLES } from "@lade/lade/settings";
import { readSecret } from "./read_secret.ts";
import type { Reading, Value } from "./value.ts";

/** One configuration value of a backend. */
export interface SettingArgument {
  /** The scheme of the backend. */
  readonly scheme: string;
  /** Its name in the backend's configuration; a dot leads into a record, and to one entry of a map. */
  readonly name: string;
  /** The value as it was written, or what a file holds. */
  readonly value: SettingText | Uint8Array;
}

const SOURCE = "--config";
const FORM =
  "scheme.name=value, such as s3.region=eu-west-1, s3.multipart.partSize=16MiB or s3.tags.name=value";

/**
 * Reads `scheme.name=value` on the command line: text, a list `a=b,c=d` or JSON for a record, and `@file` for a secret
 * that a file holds. What the backend's table does not know is a problem that says what it knows.
 */
export const settingValue: Value<SettingArgument> = {
  metavar: "SCHEME.NAME=VALUE",
  placeholder: { scheme: "", name: "", value: new SettingText("", SOURCE) },
  read(text) {
    const [, scheme, name, value] = /^([a-z][a-z0-9+-]*)\.([A-Za-z][^=]*)=(.*)$/s.exec(text) ?? [];
    if (scheme === undefined || name === undefined || value === undefined) {
      return { problem: `${JSON.stringify(text.replace(/=.*/s, "=…"))} is not of the form ${FORM}.` };
    }
    const tables: Readonly<Record<string, SettingTable>> = SETTING_TABLES;
    const table = Object.hasOwn(tables, scheme) ? tables[scheme] : undefined;
    // Whether there is such a scheme is for the registry to say.
    return table
      ? readKnown(table, scheme, name, value)
      : { value: { scheme, name, value: new SettingText(value, SOURCE) } };
  },
  format: ({ scheme, name, value }) => {
    return `${scheme}.${name}=${value instanceof SettingText ? value.text : "…"}`;
  },
};

function readKnown(
  table: SettingTable,
  scheme: string,
  name: string,
  text: string,
): Reading<SettingArgument> {
  try {
    const row = table.find((row) => row.name === name);
    const value = row?.secret && text.startsWith("@")
      ? readSecret(row, text.slice(1), SOURCE)
      : new SettingText(text, SOURCE);
    checkSettings(table, { [name]: value }, `Cannot configure ${scheme}`);
    return { value: { scheme, name, value } };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return { problem: `${error.message}.` };
  }
}
