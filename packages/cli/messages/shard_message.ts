import { printable } from "@lade/core/text";
import type { Json, Message } from "../output/message.ts";

/** Says which share of a command's work this process does. */
export class ShardMessage implements Message {
  readonly #operation: string;
  readonly #shard: { readonly number: number; readonly count: number; readonly source?: string };

  /** Says which share of `operation`, such as `cp`, is done here. */
  constructor(
    operation: string,
    shard: { readonly number: number; readonly count: number; readonly source?: string },
  ) {
    this.#operation = operation;
    this.#shard = shard;
  }

  /** The share, what told it, and that the rest is not done here. */
  toText(): string {
    const { number, count, source } = this.#shard;
    const told = source === undefined ? "" : ` (${printable(source)})`;
    return `lade: ${this.#operation} does shard ${number} of ${count}${told}, and leaves the rest to the others`;
  }

  /** The same. */
  toJson(): Json {
    const { number, count, source } = this.#shard;
    return { type: "shard", operation: this.#operation, number, count, source };
  }
}
