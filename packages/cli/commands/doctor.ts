import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { withDefault } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { argument, flag } from "@optique/core/primitives";
import { defineCommand } from "../program/command.ts";
import { placeValue } from "../values/place_value.ts";

const options = object("Options", {
  write: withDefault(
    flag("--write", {
      description:
        message`Also write, read back and remove temporary objects, named .lade-doctor-…, and measure uploads.`,
    }),
    false,
  ),
  uri: argument(placeValue({ metavar: "URI", dash: false }), {
    description: message`A bucket, or a prefix in it.`,
  }),
});

/** Options of `lade doctor`. */
export type DoctorOptions = InferValue<typeof options>;

/** `lade doctor`. */
export const doctor = defineCommand({
  name: "doctor",
  brief: message`Find out what works, and what to fix`,
  description:
    message`Says which credentials, region and endpoint are used and where they come from, whether the clocks \
agree, which calls are allowed, how fast the service answers and moves bytes, and what bounds that. For whatever \
fails it says what to do. To measure downloads it reads the largest of the first objects it finds, for two seconds \
or 256 MiB. Without --write nothing is written.`,
  usage: "URI",
  examples: [
    ["lade doctor s3://bucket", "looks, and writes nothing"],
    ["lade doctor --write s3://bucket/tmp/", "tries everything under tmp/"],
  ],
  options,
  whenUnread: "goes on",
  load: async () => (await import("./doctor_run.ts")).runDoctor,
});
