import type { Shard } from "@lade/transfer/shard";
import type { CommandContext } from "../command/command_context.ts";
import { UsageError } from "../command/usage_error.ts";
import { option, type ValuesOf } from "../syntax/option.ts";
import { textValue } from "../values/plain_values.ts";

/** Options of every command that one of many processes can do a share of. */
export const shardOptions = {
  shard: option(
    ["--shard"],
    textValue("I/N"),
    undefined,
    "Do only share I (from 1) of N, by a hash of the names under SRC; auto is the one that Kubernetes, Slurm, torchrun, \
MPI or a batch service gave this process.",
  ),
};

/** The share that a command does: read as it was said, and told. */
export async function takeShard(
  context: CommandContext,
  { shard: text }: Partial<ValuesOf<typeof shardOptions>>,
): Promise<Shard | undefined> {
  if (text === undefined) return undefined;
  const { parseShard } = await import("@lade/transfer/shard");
  const shard = readShard(() => parseShard(text, (name) => context.terminal.env(name)));
  const { ShardMessage } = await import("../messages/shard_message.ts");
  await context.output.note(new ShardMessage(context.name, shard));
  return shard;
}

function readShard(read: () => Shard): Shard {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UsageError(`--shard: ${error.message}.`);
  }
}
