import { defineCommand } from "../command/command.ts";
import type { CommandContext } from "../command/command_context.ts";
import { argument, type ValuesOf } from "../syntax/option.ts";
import { contentOptions, guessOptions, writeOptions } from "../transfer/transfer_options.ts";
import { placeValue } from "../values/place_value.ts";

const options = {
  ...writeOptions,
  ...contentOptions,
  ...guessOptions,
  uri: argument(placeValue({ metavar: "URI", dash: false }), "The object to write."),
};

type PipeOptions = ValuesOf<typeof options>;

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
  run: runPipe,
});

/** Copies standard input to an object. */
async function runPipe(context: CommandContext, { uri, ...options }: PipeOptions): Promise<void> {
  const single = { ...options, recursive: false, jobs: 1, failFast: false };
  const { runTransfer } = await import("../transfer/run_transfer.ts");
  await runTransfer(context, { sources: ["-"], destination: uri, options: single, move: false });
}
