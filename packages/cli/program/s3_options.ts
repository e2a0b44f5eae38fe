import { placeName, type Setting, SettingText } from "@lade/core/settings";
import { SETTING_TABLES } from "@lade/lade/settings";
import { flag, type Option, option, type OptionTable } from "../syntax/option.ts";
import { rowValue } from "../values/row_value.ts";
import type { GlobalOptions } from "../command/global_options.ts";

/** What {@linkcode s3Options} say, by the names of the settings. */
export type S3CommandOptions = Readonly<Record<string, unknown>>;

/**
 * The options about `s3://`, by the names that the AWS CLI gives them: every setting that has one. Each comes before
 * `--config` and the environment.
 */
export const s3Options: OptionTable = Object.fromEntries(
  SETTING_TABLES.s3.flatMap((row) => {
    const found = optionOf(row);
    return found ? [[row.name, found]] : [];
  }),
);

function optionOf(row: Setting): Option<unknown> | undefined {
  if (!row.flag) return undefined;
  const { name, metavar, help } = row.flag;
  const places = [`s3.${row.name}`, ...(row.environment ?? []).map(placeName)].join(", ");
  const description = `${help} (${places}).`;
  return metavar === undefined
    ? flag([name], description)
    : option([name], rowValue(row, metavar), undefined, description);
}

/** The settings with what was said about `s3://` in their configuration. What was not leaves room for the environment. */
export function withS3(settings: GlobalOptions, said: S3CommandOptions): GlobalOptions {
  const given = Object.entries(said).filter(([, value]) => value !== undefined && value !== false);
  if (given.length === 0) return settings;
  const texts = given.map(([name, value]) => {
    const known = SETTING_TABLES.s3.find((row) => row.name === name)?.flag;
    const said = value === true ? known?.says ?? true : value;
    return [name, new SettingText(String(said), known?.name ?? "option")];
  });
  const s3 = { ...settings.config["s3"], ...Object.fromEntries(texts) };
  return { ...settings, config: { ...settings.config, s3 } };
}

/**
 * Takes the one value out that other programs give `--request-payer`, as in `--request-payer requester`: left there, it
 * would be read as the name of a local file.
 */
export function withoutPayer(args: readonly string[]): readonly string[] {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  return args.flatMap((arg, at) => {
    if (at >= end) return [arg];
    if (arg === "--request-payer=requester") return ["--request-payer"];
    return arg === "requester" && args[at - 1] === "--request-payer" ? [] : [arg];
  });
}
