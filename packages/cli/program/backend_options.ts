import { placeName, type Setting, SettingText } from "@lade/core/settings";
import { SETTING_TABLES } from "@lade/lade/settings";
import { flag, type Option, option, type OptionTable } from "../syntax/option.ts";
import { rowValue } from "../values/row_value.ts";
import type { GlobalOptions } from "../command/global_options.ts";

/** What {@linkcode backendOptions} say, by their names. */
export type BackendCommandOptions = Readonly<Record<string, unknown>>;

/** A setting that has an option, and the scheme that it is of. */
interface FlaggedSetting {
  readonly scheme: string;
  readonly row: Setting & Required<Pick<Setting, "flag">>;
}

/** The settings of each option: one of every backend that has it. */
const FLAGGED: ReadonlyMap<string, readonly FlaggedSetting[]> = Map.groupBy(
  Object.entries(SETTING_TABLES).flatMap(([scheme, table]) =>
    table.flatMap((row) => row.flag ? [{ scheme, row: { ...row, flag: row.flag } }] : [])
  ),
  ({ row }) => row.flag.name,
);

/**
 * The options about backends, by the names that the command lines of their services have: every setting that has one. Each
 * holds for all backends that have it, before `--config` for a scheme and the environment.
 */
export const backendOptions: OptionTable = Object.fromEntries(
  Array.from(FLAGGED, ([name, settings]) => [name, optionOf(settings)]),
);

function optionOf(settings: readonly FlaggedSetting[]): Option<unknown> {
  const [{ row }] = settings as [FlaggedSetting];
  const { name, metavar, help } = row.flag;
  const places = settings.map(({ scheme, row }) =>
    [`${scheme}.${row.name}`, ...(row.environment ?? []).map(placeName)].join(", ")
  );
  const description = `${help} (${places.join("; ")}).`;
  return metavar === undefined
    ? flag([name], description)
    : option([name], rowValue(row, metavar), undefined, description);
}

/** The settings with what was said about backends in their configuration. What was not leaves room for the environment. */
export function withBackends(settings: GlobalOptions, said: BackendCommandOptions): GlobalOptions {
  const config: Record<string, Record<string, unknown>> = { ...settings.config };
  for (const [name, value] of Object.entries(said)) {
    if (value === undefined || value === false) continue;
    for (const { scheme, row } of FLAGGED.get(name) ?? []) {
      const text = String(value === true ? row.flag.says ?? true : value);
      config[scheme] = { ...config[scheme], [row.name]: new SettingText(text, name) };
    }
  }
  return { ...settings, config };
}

/**
 * Says of each option that holds for none of the services that a command line names, whose it is and what theirs is called:
 * `--endpoint-url` beside `gs://` alone. Of a URL of an object it is not known here which service that is.
 */
export function unusedOptions(args: readonly string[], config: GlobalOptions["config"]): string[] {
  const said = Object.values(config).flatMap((values) =>
    Object.values(values).flatMap((value) => value instanceof SettingText ? [value] : [])
  );
  const texts = new Set(said.map(({ text }) => text));
  const named = new Set(args.flatMap((arg, at) => {
    const [, scheme = ""] = /^([a-z][a-z0-9]*):\/\//i.exec(arg) ?? [];
    return scheme === "" || texts.has(arg) || args[at - 1] === "--config" ? [] : [scheme.toLowerCase()];
  }));
  const services = [...FLAGGED.values()].flat();
  const own = services.filter(({ scheme }) => named.has(scheme));
  if (own.length === 0 || [...named].some((scheme) => !(scheme in SETTING_TABLES))) return [];
  return [...new Set(said.map(({ source }) => source))].flatMap((name) => {
    const settings = FLAGGED.get(name) ?? [];
    if (settings.length === 0 || settings.some(({ scheme }) => named.has(scheme))) return [];
    const others = own.filter(({ row }) => settings.some((setting) => setting.row.name === row.name));
    const instead = others.map(({ scheme, row }) => `; for ${scheme}:// there is ${row.flag.name}`);
    return [
      `${name} is for ${settings.map(({ scheme }) => `${scheme}://`).join(", ")} alone${instead.join("")}`,
    ];
  });
}
