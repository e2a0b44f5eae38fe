import { formatSize, printable } from "@lade/core/text";
import type { Json, Message } from "../output/message.ts";
import type { Style } from "../output/style.ts";

/** One line of a tree. */
export interface TreeLine {
  /** The URI. */
  readonly uri: string;
  /** The last part of it; the whole URI of the root. */
  readonly name: string;
  /** How many levels it lies below the root. */
  readonly depth: number;
  /** Bytes of an object, or of all that lies in a prefix that is shown in one line. */
  readonly size?: number;
  /** How many objects that is; absent for an object. */
  readonly objects?: number;
}

/** An object or a prefix in a tree. */
export class TreeMessage implements Message {
  readonly #line: TreeLine;
  readonly #humanSizes: boolean;

  /** Shows `line`. */
  constructor(line: TreeLine, humanSizes: boolean) {
    this.#line = line;
    this.#humanSizes = humanSizes;
  }

  /** The name, indented by its level, and what is known of its size. */
  toText(style: Style): string {
    const { name, depth, size, objects } = this.#line;
    const count = objects === undefined ? "" : `, ${objects} ${objects === 1 ? "object" : "objects"}`;
    const end = size === undefined ? "" : style.dim(`  ${sizeOf(size, this.#humanSizes)}${count}`);
    return `${"  ".repeat(depth)}${printable(name)}${end}`;
  }

  /** All of it; `type` is `prefix` or `object`. */
  toJson(): Json {
    const { uri, depth, size, objects } = this.#line;
    const isObject = size !== undefined && objects === undefined;
    return { type: isObject ? "object" : "prefix", uri, depth, size, objects };
  }
}

/** What a tree holds. */
export interface TreeSum {
  /** The URI of the root. */
  readonly uri: string;
  /** Prefixes below it. */
  readonly directories: number;
  /** Objects. */
  readonly objects: number;
  /** Their bytes. */
  readonly size: number;
}

/** The last line of a tree. */
export class TreeSumMessage implements Message {
  readonly #sum: TreeSum;
  readonly #humanSizes: boolean;

  /** Shows `sum`. */
  constructor(sum: TreeSum, humanSizes: boolean) {
    this.#sum = sum;
    this.#humanSizes = humanSizes;
  }

  /** The counts. */
  toText(): string {
    const { directories, objects, size } = this.#sum;
    const counts = [
      `${directories} ${directories === 1 ? "prefix" : "prefixes"}`,
      `${objects} ${objects === 1 ? "object" : "objects"}`,
    ];
    return `${counts.join(", ")}, ${sizeOf(size, this.#humanSizes)}`;
  }

  /** The same. */
  toJson(): Json {
    return { type: "usage", ...this.#sum };
  }
}

function sizeOf(size: number, isHuman: boolean): string {
  return isHuman ? formatSize(size) : String(size);
}
