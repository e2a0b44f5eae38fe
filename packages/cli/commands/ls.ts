import { defineCommand } from "../program/command.ts";
import { flag, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { placeValue } from "../values/place_value.ts";

const options = {
  recursive: flag(["-r", "--recursive"], "List every level instead of one."),
  versions: flag(
    ["--versions"],
    "List every version and delete marker, the newest of a name first, with the ID that --version takes.",
  ),
  humanSizes: flag(["-H", "--human-readable"], "Print sizes as 1.50 MiB instead of in bytes."),
  uris: restOfArguments(
    placeValue({ metavar: "URI", dash: false }),
    "An object, a prefix, a container, or a scheme such as s3://, whose containers are listed; \
the working directory by default.",
  ),
};

/** Options of `lade ls`. */
export type LsOptions = ValuesOf<typeof options>;

/** `lade ls`. */
export const ls = defineCommand({
  name: "ls",
  brief: "List objects",
  description:
    "Prints time, size and name of each object, and PRE for each prefix. Names are relative to what \
is listed. A URI without a final slash names an object, or the prefix of that name; it is never a pattern.",
  usage: "[URI...]",
  examples: [
    ["lade ls", "lists the working directory"],
    ["lade ls -r -H s3://bucket/data/", "lists everything under data/, sizes for people"],
    ["lade ls --versions s3://bucket/model.bin", "lists the versions of an object"],
  ],
  options,
  whenUnread: "ends",
  load: async () => (await import("./ls_run.ts")).runLs,
});
