import type { ObjectMeta } from "@lade/core";
import { formatSizeColumn } from "../output/format_size_column.ts";
import { formatTime } from "../output/format_time.ts";
import { printable } from "@lade/core/text";
import type { Json, Message } from "../output/message.ts";

/** An object in a listing. */
export class ObjectMessage implements Message {
  readonly #uri: string;
  readonly #name: string;
  readonly #meta: ObjectMeta;
  readonly #humanSizes: boolean;

  /** Shows `meta` under `name`, its key relative to what was listed. */
  constructor(uri: string, name: string, meta: ObjectMeta, humanSizes: boolean) {
    this.#uri = uri;
    this.#name = name;
    this.#meta = meta;
    this.#humanSizes = humanSizes;
  }

  /** When it changed last, its size and its name. */
  toText(): string {
    const { size, lastModified } = this.#meta;
    const column = formatSizeColumn(size, this.#humanSizes);
    return `${formatTime(lastModified)} ${column} ${printable(this.#name)}`;
  }

  /** All that the listing has. */
  toJson(): Json {
    const { key, size, lastModified, etag, version, storageClass, checksums } = this.#meta;
    return {
      type: "object",
      uri: this.#uri,
      key,
      size,
      lastModified: lastModified.toISOString(),
      etag,
      version,
      storageClass,
      checksums: checksums && { ...checksums },
    };
  }
}
