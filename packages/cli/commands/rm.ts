import { defineCommand } from "../program/command.ts";
import { flag, option, restOfArguments, type ValuesOf } from "../syntax/option.ts";
import { versionValue } from "../values/version_value.ts";
import { atLeastOne, placeValue } from "../values/place_value.ts";

const options = {
  recursive: flag(["-r", "--recursive"], "Remove everything under a prefix or in a directory."),
  all: flag(["--all"], "Let -r empty a whole container, such as s3://bucket."),
  force: flag(["-f", "--force"], "Take a missing object for removed."),
  version: option(
    ["--version"],
    versionValue,
    undefined,
    "Remove this version of the one object for good, or a delete marker, which brings the object back.",
  ),
  versions: flag(["--versions"], "Remove all versions and delete markers for good, of an object or with -r."),
  dryRun: flag(["--dry-run"], "Print what would be removed, and remove nothing."),
  uris: restOfArguments(
    placeValue({ metavar: "URI", dash: false }),
    "An object or link, or with -r a prefix or directory.",
    atLeastOne,
  ),
};

/** Options of `lade rm`. */
export type RmOptions = ValuesOf<typeof options>;

/** `lade rm`. */
export const rm = defineCommand({
  name: "rm",
  brief: "Remove objects",
  description:
    "Removes objects. An object that does not exist is an error, so that a typing error does not pass \
for success; with -f it is not, and no object is looked up first. What is named is looked into before the first \
object is removed; links are removed as links, and a directory goes with all that lies in it. In a bucket that keeps versions an object \
that is removed leaves them, and a delete marker; ls --versions shows both.",
  usage: "URI...",
  examples: [
    ["lade rm s3://bucket/old.bin", "removes one object"],
    ["lade rm --version ID s3://bucket/a.bin", "removes a version, or by a delete marker undeletes"],
    ["lade rm -r --dry-run s3://bucket/tmp/", "shows what rm -r would remove"],
  ],
  options,
  whenUnread: "goes on",
  load: async () => (await import("./rm_run.ts")).runRm,
});
