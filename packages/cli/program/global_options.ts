import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, multiple, withDefault } from "@optique/core/modifiers";
import { flag, option } from "@optique/core/primitives";
import { choice } from "@optique/core/valueparser";
import type { InferValue } from "@optique/core/parser";
import { type Setting, settingValue } from "../values/setting_value.ts";

/** The options that every command takes. */
export type GlobalOptions = InferValue<typeof globalOptions>;

/** The parser of the options that every command takes, before or after the command. */
export const globalOptions = object("Global options", {
  json: withDefault(
    flag("--json", { description: message`Print one JSON value per line, errors too.` }),
    false,
  ),
  verbosity: map(
    multiple(
      flag("-v", "--verbose", {
        description:
          message`Say what caused an error and what was verified, and sum up; twice: with stack traces.`,
      }),
    ),
    (flags) => flags.length,
  ),
  quiet: withDefault(
    flag("-q", "--quiet", { description: message`Print only what was asked for, and errors.` }),
    false,
  ),
  progress: withDefault(
    option("--progress", choice(["auto", "plain", "none"], { metavar: "HOW" }), {
      description:
        message`Show progress on standard error: a bar on a terminal and now and then a line elsewhere, \
always lines, or nothing.`,
    }),
    "auto",
  ),
  config: map(
    multiple(
      option("--config", settingValue(), {
        description: message`Configure a backend, such as file.sync=full; may be given several times.`,
      }),
    ),
    toConfig,
  ),
});

function toConfig(settings: readonly Setting[]): Record<string, Record<string, unknown>> {
  const config: Record<string, Record<string, unknown>> = {};
  for (const { scheme, name, value } of settings) (config[scheme] ??= {})[name] = value;
  return config;
}
