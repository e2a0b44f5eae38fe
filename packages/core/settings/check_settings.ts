import { redactSecrets } from "../text/redact_secrets.ts";
import { isRecord, parseList, parseObject } from "./map_type.ts";
import { nearestName } from "./nearest_name.ts";
import type { Setting, SettingTable, Sourced } from "./setting.ts";
import { SettingText } from "./setting_text.ts";
import { SourcedSetting } from "./sourced_setting.ts";

/** Settings that were given, by the names of their table, each with where. */
export type GivenSettings = ReadonlyMap<string, Sourced<unknown>>;

/**
 * Checks options against a table and takes records apart: `{ multipart: { partSize } }` and `"multipart.partSize"` are
 * one setting. A `SettingText` is read as its type says, a `SourcedSetting` stands for its value; what is neither comes
 * from `source`. A name that is not in the table, and a value that its setting
 * cannot have, is a `TypeError` that begins with `subject` and names what would do; it never shows a secret.
 */
export function checkSettings(
  table: SettingTable,
  config: Readonly<Record<string, unknown>>,
  subject: string,
  source = "option",
): GivenSettings {
  const given = new Map<string, Sourced<unknown>>();
  const visit = (name: string, value: unknown, source: string): void => {
    if (value === undefined) return;
    if (value instanceof SourcedSetting) return visit(name, value.value, value.source);
    const inner = table.filter((row) => row.name.startsWith(`${name}.`));
    const row = table.find((row) => row.name === name);
    if (row && (inner.length === 0 || !(value instanceof SettingText))) {
      given.set(name, checkValue(row, value, subject, source));
    } else if (inner.length > 0) {
      const record = value instanceof SettingText ? readRecord(value) : isRecord(value) ? value : undefined;
      if (!record) throw new TypeError(`${subject}: ${name} has to be ${recordOf(name, inner)}`);
      for (const [key, each] of Object.entries(record)) visit(`${name}.${key}`, each, source);
    } else addEntry(name, value);
  };
  const addEntry = (name: string, value: unknown) => {
    const row = table.find((row) => row.type.entries && name.startsWith(`${row.name}.`));
    if (!row || !(value instanceof SettingText)) throw unknownName(table, name, subject);
    const key = name.slice(row.name.length + 1);
    const entry = checkValue(row, { [key]: value.text.trim() }, subject, value.source);
    const before = given.get(row.name)?.value;
    given.set(row.name, {
      value: { ...Object(before ?? {}), ...Object(entry.value) },
      source: value.source,
    });
  };
  for (const [name, value] of Object.entries(config)) visit(name, value, source);
  return given;
}

function checkValue(row: Setting, value: unknown, subject: string, source: string): Sourced<unknown> {
  if (!(value instanceof SettingText)) {
    const trimmed = typeof value === "string" ? value.trim() : value;
    if (row.type.accepts(trimmed)) return { value: trimmed, source };
    const by = source === "option" ? "" : ` (${source})`;
    throw new TypeError(`${subject}: ${row.name}${by} has to be ${row.type.expected}${was(row, value)}`);
  }
  const text = value.text.trim();
  const parsed = text === "" ? undefined : row.type.parse(text);
  if (parsed !== undefined) return { value: parsed, source: value.source };
  throw new TypeError(
    `${subject}: ${row.name} (${value.source}) has to be ${row.type.expected}${was(row, text)}`,
  );
}

/** What stood there instead, where that is no secret. */
export function was(row: Setting, value: unknown): string {
  if (row.secret || !/^(string|number|boolean)$/.test(typeof value)) return "";
  const shown = JSON.stringify(typeof value === "string" ? redactSecrets(value) : value);
  return `, not ${shown.length > 100 ? `${shown.slice(0, 100)}…` : shown}`;
}

function readRecord({ text, source }: SettingText): Record<string, unknown> | undefined {
  const trimmed = text.trim();
  const record = trimmed.startsWith("{") ? parseObject(trimmed) : parseList(trimmed);
  return record && Object.fromEntries(
    Object.entries(record).map(([name, value]) => [
      name,
      isRecord(value) ? value : new SettingText(String(value), source),
    ]),
  );
}

function recordOf(name: string, inner: SettingTable): string {
  const names = inner.map((row) => row.name.slice(name.length + 1));
  const last = names.pop() ?? "";
  const listed = names.length === 0 ? last : `${names.join(", ")} and ${last}`;
  const [first] = inner;
  return `${listed} by name, such as ${name}.${first?.name.slice(name.length + 1)}=${first?.type.example}`;
}

function unknownName(table: SettingTable, name: string, subject: string): TypeError {
  const names = table.map((row) => row.name);
  const nearest = nearestName(name, names);
  const group = name.slice(0, name.indexOf(".") + 1);
  const beside = group === "" ? [] : names.filter((known) => known.startsWith(group));
  const known = (beside.length > 0 ? beside : names).join(", ");
  return new TypeError(
    `${subject}: unknown configuration ${JSON.stringify(name)}, ${
      nearest === undefined ? "known" : `did you mean ${JSON.stringify(nearest)}? Known`
    } are ${known || "none"}`,
  );
}
