import { formatSize, redactSecrets } from "@lade/core/text";
import { counted } from "../output/counted.ts";
import type { Json, Message } from "../output/message.ts";
import { quoteWord } from "../syntax/split_words.ts";

/** A data set that was packed. */
export interface PackedLine {
  /** What was read. */
  readonly source: string;
  /** Where the shards lie. */
  readonly destination: string;
  /** The manifest. */
  readonly manifest: string;
  /** What was written. */
  readonly format: string;
  /** Shards. */
  readonly shards: number;
  /** Samples in them. */
  readonly samples: number;
  /** Bytes of them. */
  readonly bytes: number;
  /** Samples that could not be had, and are in none. */
  readonly skipped: number;
  /** Samples that were there before. */
  readonly resumed: number;
}

/** That a data set was packed. */
export class PackedMessage implements Message {
  readonly #line: PackedLine;

  /** Shows `line`. */
  constructor(line: PackedLine) {
    this.#line = line;
  }

  /** The command that it was, and what it came to. */
  toText(): string {
    const { source, destination, format, shards, samples, bytes, skipped, resumed } = this.#line;
    const words = ["pack", source, destination].map((word) => quoteWord(redactSecrets(word)));
    const before = resumed === samples
      ? "; all of it was there"
      : resumed > 0
      ? `; ${counted(resumed, "sample")} of them were there`
      : "";
    const without = skipped > 0 ? `; ${counted(skipped, "sample")} could not be had` : "";
    const of = `${counted(shards, "shard")} of ${format}`;
    return `${words.join(" ")} (${counted(samples, "sample")} in ${of}, ${
      formatSize(bytes)
    }${before}${without})`;
  }

  /** All of it. */
  toJson(): Json {
    const { source, destination, manifest, format, shards, samples, bytes, skipped, resumed } = this.#line;
    return {
      type: "packed",
      source: redactSecrets(source),
      destination: redactSecrets(destination),
      manifest: redactSecrets(manifest),
      ...{ format, shards, samples, bytes, skipped, resumed },
    };
  }
}
