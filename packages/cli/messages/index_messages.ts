import { printable, redactSecrets } from "@lade/core/text";
import { counted } from "../output/counted.ts";
import type { Json, Message } from "../output/message.ts";
import { quoteWord } from "../syntax/split_words.ts";

/** What became of one index. */
export interface IndexLine {
  /** The object. */
  readonly uri: string;
  /** Its index. */
  readonly index: string;
  /** The format of the object. */
  readonly format: string;
  /** What was done, or found. */
  readonly state: "written" | "current" | "stale" | "missing";
  /** Records or samples. */
  readonly count: number;
  /** What they are called. */
  readonly noun: string;
  /** Why it is stale. */
  readonly reason?: string;
}

/** One index that was written or compared. */
export class IndexMessage implements Message {
  readonly #line: IndexLine;

  /** Shows `line`. */
  constructor(line: IndexLine) {
    this.#line = line;
  }

  /** What was done or found, where, and how much it leads to. */
  toText(): string {
    const { index, state, count, noun, reason } = this.#line;
    const verb = state === "written" ? "index" : state;
    const why = reason === undefined ? counted(count, noun) : printable(redactSecrets(reason));
    return `${verb} ${quoteWord(redactSecrets(index))} (${why})`;
  }

  /** All of it. */
  toJson(): Json {
    const { uri, index, reason, ...rest } = this.#line;
    return {
      type: "index",
      uri: redactSecrets(uri),
      index: redactSecrets(index),
      ...rest,
      ...(reason !== undefined && { reason: redactSecrets(reason) }),
    };
  }
}
