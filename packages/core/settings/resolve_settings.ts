import { type GivenSettings, was } from "./check_settings.ts";
import { placeName, type Setting, type SettingPlace, type SettingTable, type Sourced } from "./setting.ts";

/** Where settings are read from, besides what is given. */
export interface SettingSources {
  /** What is given, the first first. */
  readonly given: readonly GivenSettings[];
  /** Reads a variable of the environment. */
  readonly env: (name: string) => string | undefined;
  /** Loads the profile; asked only for what nothing before it says. */
  readonly profile?: () => Promise<SettingProfile>;
  /** Whether a setting is read from nothing but what is given. */
  readonly isClosed?: (row: Setting) => boolean;
}

/** A profile of a cloud's files. */
export interface SettingProfile {
  /** What it says under a key, and where that stands: `profile "dev" of ~/.aws/config`. */
  find(key: string): Sourced<string> | undefined;
}

/** Settings by the names of their table, each with where it came from; what nothing says and has no default is absent. */
export type ResolvedSettings = ReadonlyMap<string, Sourced<unknown>>;

/**
 * Resolves every setting of a table: what is given comes before the environment, that before the profile, that before
 * the default (`source` is then `default`). Texts are trimmed, and an empty one counts as absent. One that the setting
 * cannot have is a `TypeError` that names where it stands.
 */
export async function resolveSettings(
  table: SettingTable,
  sources: SettingSources,
  subject: string,
): Promise<ResolvedSettings> {
  const resolved = new Map<string, Sourced<unknown>>();
  for (const row of table) {
    const value = row.together ? undefined : await resolveSetting(row, sources, subject);
    if (value) resolved.set(row.name, value);
  }
  return resolved;
}

/** Resolves one setting, as {@linkcode resolveSettings} does. */
export async function resolveSetting(
  row: Setting,
  sources: SettingSources,
  subject: string,
): Promise<Sourced<unknown> | undefined> {
  const near = findSetting(row, sources, subject);
  if (near) return near;
  if (row.profile && sources.profile && !sources.isClosed?.(row)) {
    const profile = await sources.profile();
    for (const place of row.profile) {
      const text = profile.find(placeName(place));
      const found = text?.value.trim() ? readPlace(row, place, text, subject) : undefined;
      if (found) return found;
    }
  }
  return defaultOf(row);
}

/** Resolves the settings of a table without profiles: what is given, the environment, the default. */
export function resolveWithoutProfile(
  table: SettingTable,
  sources: Omit<SettingSources, "profile">,
  subject: string,
): ResolvedSettings {
  return new Map(table.flatMap((row) => {
    const found = row.together ? undefined : findSetting(row, sources, subject) ?? defaultOf(row);
    return found ? [[row.name, found]] : [];
  }));
}

/** What is given for a setting, or what the environment says. */
function findSetting(
  row: Setting,
  { given, env, isClosed }: SettingSources,
  subject: string,
): Sourced<unknown> | undefined {
  for (const each of given) {
    const found = each.get(row.name);
    if (found) return found;
  }
  if (isClosed?.(row)) return undefined;
  for (const place of row.environment ?? []) {
    const name = placeName(place);
    const text = env(name)?.trim();
    const found = text ? readPlace(row, place, { value: text, source: name }, subject) : undefined;
    if (found) return found;
  }
}

function defaultOf(row: Setting): Sourced<unknown> | undefined {
  return row.default === undefined ? undefined : { value: row.default, source: "default" };
}

function readPlace(
  row: Setting,
  place: SettingPlace,
  { value, source }: Sourced<string>,
  subject: string,
): Sourced<unknown> | undefined {
  const text = value.trim();
  const name = placeName(place);
  const where = source === name ? name : `${name} (${source})`;
  const { words = undefined, type = row.type } = typeof place === "string" ? {} : place;
  if (words) {
    const word = text.toLowerCase();
    if (!Object.hasOwn(words, word)) {
      const known = Object.keys(words).map((each) => JSON.stringify(each)).join(", ");
      throw new TypeError(`${subject}: ${where} has to be one of ${known}${was(row, text)}`);
    }
    const meant = words[word];
    return meant === undefined ? undefined : { value: meant, source };
  }
  const parsed = type.parse(text);
  if (parsed !== undefined) return { value: parsed, source };
  throw new TypeError(`${subject}: ${where} has to be ${type.expected}${was(row, text)}`);
}
