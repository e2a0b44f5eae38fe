import { redactSecrets } from "@lade/core/text";
import { counted } from "../output/counted.ts";
import type { Json, Message } from "../output/message.ts";
import { quoteWord } from "../syntax/split_words.ts";

/** What was converted. */
export interface ConvertedLine {
  /** What was read. */
  readonly source: string;
  /** What was written. */
  readonly destination: string;
  /** The format that was read. */
  readonly from: string;
  /** The format that was written. */
  readonly to: string;
  /** How much of what: `{ rows: 1000 }`. */
  readonly counts: Readonly<Record<string, number>>;
}

/** A conversion that is done. */
export class ConvertedMessage implements Message {
  readonly #line: ConvertedLine;

  /** Shows `line`. */
  constructor(line: ConvertedLine) {
    this.#line = line;
  }

  /** The command that it was, and how much was converted. */
  toText(): string {
    const { source, destination, counts } = this.#line;
    const words = ["convert", source, destination].map((word) => quoteWord(redactSecrets(word)));
    const told = Object.entries(counts).map(([noun, count]) => counted(count, noun.slice(0, -1), noun));
    return `${words.join(" ")} (${told.join(", ")})`;
  }

  /** All of it. */
  toJson(): Json {
    const { source, destination, counts, ...rest } = this.#line;
    return {
      type: "converted",
      source: redactSecrets(source),
      destination: redactSecrets(destination),
      ...rest,
      ...counts,
    };
  }
}
