import { SettingText } from "./setting_text.ts";
import type { SettingType } from "./setting_type.ts";

/** Texts by name: as text `a=b,c=d` or a JSON object, or entry by entry. */
export const mapType: SettingType = {
  expected: "texts by name, such as a=b,c=d",
  shown: "texts by name",
  example: "a=b,c=d",
  entries: true,
  accepts: (value) => isRecord(value) && Object.values(value).every((each) => typeof each === "string"),
  parse: (text) => {
    const entries = text.startsWith("{") ? parseObject(text) : parseList(text);
    return entries && mapType.accepts(entries) ? entries : undefined;
  },
};

/** Reads a JSON object; `undefined` for other text. */
export function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Reads `a=b,c=d`; `undefined` for other text, and where a name is there twice. */
export function parseList(text: string): Record<string, string> | undefined {
  const entries = text.split(",").map((entry) => /^\s*([^=\s][^=]*?)\s*=(.*)$/s.exec(entry));
  const names = new Set(entries.map((entry) => entry?.[1]));
  if (names.has(undefined) || names.size < entries.length) return undefined;
  return Object.fromEntries(entries.map((entry) => [entry?.[1] ?? "", (entry?.[2] ?? "").trim()]));
}

/** Whether a value is an object with names, and no list. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof Uint8Array) && !(value instanceof SettingText);
}
