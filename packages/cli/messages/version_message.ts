import type { ObjectVersion } from "@lade/core";
import { printable } from "@lade/core/text";
import { formatSizeColumn, SIZE_COLUMNS } from "../output/format_size_column.ts";
import { formatTime } from "../output/format_time.ts";
import type { Json, Message } from "../output/message.ts";

/** A version of an object, or a delete marker, in a listing. */
export class VersionMessage implements Message {
  readonly #uri: string;
  readonly #name: string;
  readonly #version: ObjectVersion;
  readonly #humanSizes: boolean;

  /** Shows `version` under `name`, its key relative to what was listed. */
  constructor(uri: string, name: string, version: ObjectVersion, humanSizes: boolean) {
    this.#uri = uri;
    this.#name = name;
    this.#version = version;
    this.#humanSizes = humanSizes;
  }

  /** When it was written, its size (`deleted` for a marker), its version, whether it is the latest, and its name. */
  toText(): string {
    const { size, lastModified, version, isLatest } = this.#version;
    const column = size === undefined
      ? "deleted".padStart(SIZE_COLUMNS)
      : formatSizeColumn(size, this.#humanSizes);
    const place = isLatest ? "latest" : "older ";
    return `${formatTime(lastModified)} ${column} ${printable(version)} ${place} ${printable(this.#name)}`;
  }

  /** All that the listing has. */
  toJson(): Json {
    const { lastModified, ...rest } = this.#version;
    return { type: "version", uri: this.#uri, ...rest, lastModified: lastModified.toISOString() };
  }
}
