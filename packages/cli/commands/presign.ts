import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { withDefault } from "@optique/core/modifiers";
import type { InferValue } from "@optique/core/parser";
import { argument, option } from "@optique/core/primitives";
import { choice } from "@optique/core/valueparser";
import { defineCommand } from "../program/command.ts";
import { durationValue } from "../values/duration_value.ts";
import { placeValue } from "../values/place_value.ts";

const options = object("Options", {
  method: withDefault(
    option("--method", choice(["GET", "PUT", "DELETE"], { metavar: "METHOD", caseInsensitive: true }), {
      description: message`What the URL permits: GET (the default), PUT or DELETE.`,
    }),
    "GET",
  ),
  expiresInMs: withDefault(
    option("--expires", durationValue({ most: "7d" }), {
      description: message`How long the URL works, such as 90s, 1h30m or 7d, the longest; 15m by default.`,
    }),
    900_000,
  ),
  uri: argument(placeValue({ metavar: "URI", dash: false }), { description: message`An object.` }),
});

/** Options of `lade presign`. */
export type PresignCommandOptions = InferValue<typeof options>;

/** `lade presign`. */
export const presign = defineCommand({
  name: "presign",
  brief: message`Print a URL that needs no credentials`,
  description:
    message`Prints a URL by which anybody who has it can read, write or remove one object until it expires. \
It ends sooner where the credentials that sign it do. Whether the object is there is not looked up.`,
  usage: "URI",
  examples: [
    ["lade presign --expires 1h s3://bucket/model.bin", "prints a link for downloading"],
    ['curl -T a.bin "$(lade presign --method PUT s3://bucket/a.bin)"', "uploads by a link"],
  ],
  options,
  whenUnread: "ends",
  load: async () => (await import("./presign_run.ts")).runPresign,
});
