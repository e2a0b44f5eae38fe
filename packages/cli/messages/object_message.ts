import type { ObjectMeta } from "@lade/core";
import { formatSize } from "../output/format_size.ts";
import { formatTime } from "../output/format_time.ts";
import { printable } from "../output/printable.ts";
import type { Style } from "../output/style.ts";
import type { Json, Message } from "./message.ts";

/** Characters of the size column; wide enough for a terabyte in bytes. */
export const SIZE_COLUMNS = 13;

/** An object in a listing. */
export class ObjectMessage implements Message {
  readonly #uri: string;
  readonly #name: string;
  readonly #meta: ObjectMeta;

  /** Shows `meta` under `name`, its key relative to what was listed. */
  constructor(uri: string, name: string, meta: ObjectMeta) {
    this.#uri = uri;
    this.#name = name;
    this.#meta = meta;
  }

  /** When it changed last, its size and its name. */
  toText(style: Style): string {
    const { size, lastModified } = this.#meta;
    const shown = style.humanSizes ? formatSize(size) : String(size);
    return `${formatTime(lastModified)} ${shown.padStart(SIZE_COLUMNS)} ${printable(this.#name)}`;
  }

  /** All that the listing tells. */
  toJson(): Json {
    const { key, size, lastModified, etag, version } = this.#meta;
    return {
      type: "object",
      uri: this.#uri,
      key,
      size,
      lastModified: lastModified.toISOString(),
      etag,
      version,
    };
  }
}
