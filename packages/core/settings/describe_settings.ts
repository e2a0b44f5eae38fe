import { redactSecrets } from "../text/redact_secrets.ts";
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

/** What was said of a table's settings, in its order; what holds by default is left out, but for those of `always`. */
export function describeSettings(
  table: SettingTable,
  resolved: ResolvedSettings,
  always: readonly string[] = [],
): ShownSetting[] {
  return table.flatMap((row) => {
    const found = resolved.get(row.name);
    if (!found || (found.source === "default" && !always.includes(row.name))) return [];
    return [{ name: row.name, value: showValue(row, found.value), source: found.source }];
  });
}

/** A value as it may be shown: a secret as `***`, without what may be a password in a URL. */
export function showValue(row: Setting, value: unknown): string {
  if (row.secret) return "***";
  if (typeof value === "string") return redactSecrets(value);
  if (typeof value === "function") return "a function";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
