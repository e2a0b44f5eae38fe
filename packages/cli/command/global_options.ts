import { count, flag, option, repeated, type ValuesOf } from "../syntax/option.ts";
import { choiceValue } from "../values/choice_value.ts";
import { type SettingArgument, settingValue } from "../values/setting_value.ts";

/** What the options say that every command takes. */
export type GlobalOptions = ValuesOf<typeof globalOptions>;

/** The options that every command takes, before or after the command. */
export const globalOptions = {
  json: flag(["--json"], "Print one JSON value per line, errors too."),
  verbosity: count(
    ["-v", "--verbose"],
    "Say what caused an error and what was verified, and sum up; twice: with stack traces.",
  ),
  quiet: flag(["-q", "--quiet"], "Print only what was asked for, and errors."),
  progress: option(
    ["--progress"],
    choiceValue({ metavar: "HOW", choices: ["auto", "plain", "none"] }),
    "auto",
    "Show progress on standard error: a bar on a terminal and now and then a line elsewhere, \
always lines, or nothing.",
  ),
  config: repeated(
    ["--config"],
    settingValue,
    toConfig,
    "Configure a backend, such as file.sync=full, s3.multipart.partSize=16MiB or s3.tags.a=b, or what a URI begins with, \
such as s3://other/=profile=dev; @FILE reads a secret from a file. May be given several times.",
  ),
};

function toConfig(settings: readonly SettingArgument[]): Record<string, Record<string, unknown>> {
  const config: Record<string, Record<string, unknown>> = {};
  for (const { target, name, value } of settings) (config[target] ??= {})[name] = value;
  return config;
}
