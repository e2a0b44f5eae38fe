import { defineCommand } from "../program/command.ts";
import { argument, option, type ValuesOf } from "../syntax/option.ts";
import { choiceValue } from "../values/choice_value.ts";
import { durationValue } from "../values/duration_value.ts";
import { placeValue } from "../values/place_value.ts";

const options = {
  method: option(
    ["--method"],
    choiceValue({ metavar: "METHOD", choices: ["GET", "PUT", "DELETE"], anyCase: true }),
    "GET",
    "What the URL permits: GET (the default), PUT or DELETE.",
  ),
  expiresInMs: option(
    ["--expires"],
    durationValue({ most: "7d" }),
    900_000,
    "How long the URL works, such as 90s, 1h30m or 7d, the longest; 15m by default.",
  ),
  uri: argument(placeValue({ metavar: "URI", dash: false }), "An object."),
};

/** Options of `lade presign`. */
export type PresignCommandOptions = ValuesOf<typeof options>;

/** `lade presign`. */
export const presign = defineCommand({
  name: "presign",
  brief: "Print a URL that needs no credentials",
  description:
    "Prints a URL by which anybody who has it can read, write or remove one object until it expires. \
It ends sooner where the credentials that sign it do. Whether the object is there is not looked up.",
  usage: "URI",
  examples: [
    ["lade presign --expires 1h s3://bucket/model.bin", "prints a link for downloading"],
    ['curl -T a.bin "$(lade presign --method PUT s3://bucket/a.bin)"', "uploads by a link"],
  ],
  options,
  whenUnread: "ends",
  load: async () => (await import("./presign_run.ts")).runPresign,
});
