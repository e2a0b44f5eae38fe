import type { Setting, SettingPlace, SettingType } from "@lade/core/settings";

/** A row of a table of settings, in one line where it has no more than this. */
export function settingRow(
  name: string,
  type: SettingType,
  help: string,
  environment: readonly SettingPlace[] = [],
  more: Partial<Setting> = {},
): Setting {
  return { name, type, help, ...(environment.length > 0 && { environment }), ...more };
}
