import { formatSizeColumn } from "../output/format_size_column.ts";
import { printable } from "@lade/core/text";
import type { Json, Message } from "../output/message.ts";

/** What a prefix or an object takes. */
export interface Usage {
  /** The URI. */
  readonly uri: string;
  /** Bytes of all objects together. */
  readonly size: number;
  /** Number of objects. */
  readonly objects: number;
}

/** One line of `du`. */
export class UsageMessage implements Message {
  readonly #usage: Usage;
  readonly #humanSizes: boolean;

  /** Shows `usage`. */
  constructor(usage: Usage, humanSizes: boolean) {
    this.#usage = usage;
    this.#humanSizes = humanSizes;
  }

  /** Size, number of objects, URI. */
  toText(): string {
    const { uri, size, objects } = this.#usage;
    return `${formatSizeColumn(size, this.#humanSizes)} ${String(objects).padStart(9)} ${printable(uri)}`;
  }

  /** The same. */
  toJson(): Json {
    return { type: "usage", ...this.#usage };
  }
}
