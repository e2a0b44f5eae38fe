import { formatSize, redactSecrets } from "@lade/core/text";
import type { Swept } from "@lade/lade";
import { formatTime } from "../output/format_time.ts";
import type { Json, Message } from "../output/message.ts";
import type { Style } from "../output/style.ts";
import { quoteWord } from "../syntax/split_words.ts";

/** Something that `sweep` removed, or would remove. */
export class SweptMessage implements Message {
  readonly #swept: Swept;
  readonly #dryRun: boolean;

  /** Shows `swept`. */
  constructor(swept: Swept, dryRun: boolean) {
    this.#swept = { ...swept, uri: redactSecrets(swept.uri) };
    this.#dryRun = dryRun;
  }

  /** What it is, since when, and how large. */
  toText(style: Style): string {
    const { kind, uri, time, size } = this.#swept;
    const what = kind === "upload" ? "upload of" : "unfinished file";
    const since = `${kind === "upload" ? "begun" : "last written"} ${formatTime(time)}`;
    const bytes = size === undefined ? "" : `, ${formatSize(size)}`;
    return `${this.#dryRun ? style.dim("(dry run) ") : ""}sweep ${what} ${quoteWord(uri)} (${since}${bytes})`;
  }

  /** The same; `id` is what the store calls an upload. */
  toJson(): Json {
    const { kind, uri, time, size, id } = this.#swept;
    return { type: "swept", kind, uri, time: time.toISOString(), size, id, dryRun: this.#dryRun };
  }
}
