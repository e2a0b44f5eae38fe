import { SIZE_COLUMNS } from "../output/format_size_column.ts";
import { printable } from "@lade/core/text";
import type { Style } from "../output/style.ts";
import type { Json, Message } from "../output/message.ts";

const TIME_COLUMNS = "2026-07-01 12:00:01".length;

/** A "directory" in a listing of one level. */
export class PrefixMessage implements Message {
  readonly #uri: string;
  readonly #name: string;

  /** Shows a prefix under `name`, relative to what was listed; both end in `/`. */
  constructor(uri: string, name: string) {
    this.#uri = uri;
    this.#name = name;
  }

  /** `PRE` in the column of sizes, and the name. */
  toText(style: Style): string {
    return style.dim("PRE".padStart(TIME_COLUMNS + 1 + SIZE_COLUMNS)) + ` ${printable(this.#name)}`;
  }

  /** The URI. */
  toJson(): Json {
    return { type: "prefix", uri: this.#uri };
  }
}
