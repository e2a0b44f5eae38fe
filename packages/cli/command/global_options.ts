import { flag, option, repeated, type ValuesOf } from "../syntax/option.ts";
import { type SettingArgument, settingValue } from "../values/setting_value.ts";
import { placeValue } from "../values/place_value.ts";
import { bandwidthValue } from "../values/bandwidth_value.ts";
import { plainOptions } from "./plain_options.ts";

/** What the options say that every command takes. */
export type GlobalOptions = ValuesOf<typeof globalOptions>;

/** The options that every command takes, before or after the command. */
export const globalOptions = {
  ...plainOptions,
  config: repeated(
    ["--config"],
    settingValue,
    toConfig,
    "Configure a backend, such as file.sync=full, s3.multipart.partSize=16MiB or az.tags.a=b, or what a URI begins with, \
such as s3://other/=profile=dev; @FILE reads a secret from a file. May be given several times.",
  ),
  bandwidth: option(
    ["--bwlimit"],
    bandwidthValue,
    undefined,
    'Move no more bytes a second than this: 10M, 10M:1M up and down, or a timetable such as "08:00,1M 18:00,off".',
  ),
  opLog: option(
    ["--op-log"],
    placeValue({ metavar: "FILE", dash: false }),
    undefined,
    "Record each operation, with its times, in FILE, which must not exist; compressed if its name ends in .zst. lade oplog \
reads it, and so do warp and s3dlio.",
  ),
  noEndpointCache: flag(
    ["--no-endpoint-cache"],
    "Neither begin with as many requests in flight as an endpoint bore before nor remember how many it bears; that is kept \
in LADE_CACHE_DIR, or lade in XDG_CACHE_HOME or ~/.cache.",
  ),
};

function toConfig(settings: readonly SettingArgument[]): Record<string, Record<string, unknown>> {
  const config: Record<string, Record<string, unknown>> = {};
  for (const { target, name, value } of settings) (config[target] ??= {})[name] = value;
  return config;
}
