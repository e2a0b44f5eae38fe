import type { ResolvedSettings } from "./resolve_settings.ts";
import type { Setting, SettingTable } from "./setting.ts";

/** A setting as it may be shown to anybody. */
export interface ShownSetting {
  /** Its name. */
  readonly name: string;
  /** Its value; of a secret only that it is there. */
  readonly value: string;
  /** Where it came from. */
  readonly source: string;
}

/** What was said of a table's settings, in its order; what holds by default is left out. */
export function describeSettings(table: SettingTable, resolved: ResolvedSettings): ShownSetting[] {
  return table.flatMap((row) => {
    const found = resolved.get(row.name);
    if (!found || found.source === "default") return [];
    return [{ name: row.name, value: showValue(row, found.value), source: found.source }];
  });
}

/** A value as it may be shown: a secret as `***`, without what may be a password in a URL. */
export function showValue(row: Setting, value: unknown): string {
  if (row.secret) return "***";
  if (typeof value === "string") return value.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, "$1***@");
  if (typeof value === "function") return "a function";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
