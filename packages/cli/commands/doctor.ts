import { defineCommand } from "../program/command.ts";
import { argument, flag, type ValuesOf } from "../syntax/option.ts";
import { placeValue } from "../values/place_value.ts";

const options = {
  write: flag(
    ["--write"],
    "Also write, read back and remove temporary objects, named .lade-doctor-…, and measure uploads.",
  ),
  uri: argument(placeValue({ metavar: "URI", dash: false }), "A bucket or a directory, or a prefix in it."),
};

/** Options of `lade doctor`. */
export type DoctorOptions = ValuesOf<typeof options>;

/** `lade doctor`. */
export const doctor = defineCommand({
  name: "doctor",
  brief: "Find out what works, and what to fix",
  description:
    "Of a bucket says which credentials, region and endpoint are used and where they come from, and whether \
the clocks agree; of a directory on what file system it lies, how much room that has and whether it takes O_DIRECT. \
Of both, which calls work, how fast they are answered and bytes are moved, and what bounds that. For whatever fails \
it says what to do. To measure downloads it reads the largest of the first objects it finds, for two seconds or \
256 MiB. Without --write nothing is written.",
  usage: "URI",
  examples: [
    ["lade doctor s3://bucket", "looks, and writes nothing"],
    ["lade doctor --write s3://bucket/tmp/", "tries everything under tmp/"],
    ["lade doctor --write direct:///mnt/data/", "tries a directory past the page cache"],
  ],
  options,
  whenUnread: "goes on",
  load: async () => (await import("./doctor_run.ts")).runDoctor,
});
