import { defineCommand } from "../program/command.ts";
import { argument, type ValuesOf } from "../syntax/option.ts";
import { contentOptions, guessOptions, writeOptions } from "../transfer/transfer_options.ts";
import { placeValue } from "../values/place_value.ts";

const options = {
  ...writeOptions,
  ...contentOptions,
  ...guessOptions,
  uri: argument(placeValue({ metavar: "URI", dash: false }), "The object to write."),
};

/** Options of `lade pipe`. */
export type PipeOptions = ValuesOf<typeof options>;

/** `lade pipe`. */
export const pipe = defineCommand({
  name: "pipe",
  brief: "Write standard input to an object",
  description:
    "Writes what it reads from standard input to an object, of any size, uploading while it reads. \
The object appears when the input has ended.",
  usage: "URI",
  examples: [["pg_dump db | lade pipe --zstd 9 s3://bucket/db.sql", "writes to s3://bucket/db.sql.zst"]],
  options,
  whenUnread: "goes on",
  load: async () => (await import("./pipe_run.ts")).runPipe,
});
