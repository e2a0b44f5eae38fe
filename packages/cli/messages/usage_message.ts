import { formatSize } from "../output/format_size.ts";
import { printable } from "../output/printable.ts";
import type { Style } from "../output/style.ts";
import type { Json, Message } from "./message.ts";
import { SIZE_COLUMNS } from "./object_message.ts";

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

  /** Shows `usage`. */
  constructor(usage: Usage) {
    this.#usage = usage;
  }

  /** Size, number of objects, URI. */
  toText(style: Style): string {
    const { uri, size, objects } = this.#usage;
    const shown = style.humanSizes ? formatSize(size) : String(size);
    return `${shown.padStart(SIZE_COLUMNS)} ${String(objects).padStart(9)} ${printable(uri)}`;
  }

  /** The same. */
  toJson(): Json {
    return { type: "usage", ...this.#usage };
  }
}
