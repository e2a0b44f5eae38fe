import { merge, object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import type { InferValue } from "@optique/core/parser";
import { argument } from "@optique/core/primitives";
import { defineCommand } from "../program/command.ts";
import { contentOptions, writeOptions } from "../transfer/transfer_options.ts";
import { placeValue } from "../values/place_value.ts";

const places = object({
  uri: argument(placeValue({ metavar: "URI", dash: false }), { description: message`The object to write.` }),
});
const options = merge("Options", writeOptions, contentOptions, places);

/** Options of `lade pipe`. */
export type PipeOptions = InferValue<typeof options>;

/** `lade pipe`. */
export const pipe = defineCommand({
  name: "pipe",
  brief: message`Write standard input to an object`,
  description:
    message`Writes what it reads from standard input to an object, of any size, uploading while it reads. \
The object appears when the input has ended.`,
  usage: "URI",
  examples: [["pg_dump db | lade pipe --zstd 9 s3://bucket/db.sql", "writes to s3://bucket/db.sql.zst"]],
  options,
  whenUnread: "goes on",
  load: async () => (await import("./pipe_run.ts")).runPipe,
});
