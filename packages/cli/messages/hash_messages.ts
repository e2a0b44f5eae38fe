import { printable, redactSecrets } from "@lade/core/text";
import type { Json, Message } from "../output/message.ts";

/** The checksum of one object. */
export interface HashLine {
  /** The name under which it is listed. */
  readonly name: string;
  /** The object; absent for standard input. */
  readonly uri?: string;
  /** The kind of checksum. */
  readonly algorithm: string;
  /** The checksum in hexadecimal digits. */
  readonly digits: string;
  /** The line as a list of checksums has it. */
  readonly line: string;
  /** Bytes of the object, where nothing was read from a pipe. */
  readonly size?: number;
  /** Whether the store told it, and nothing was read. */
  readonly isStored: boolean;
}

/** The checksum of one object. */
export class HashMessage implements Message {
  readonly #hash: HashLine;

  /** Shows `hash`. */
  constructor(hash: HashLine) {
    this.#hash = hash;
  }

  /** The line, as a terminal can show it. */
  toText(): string {
    return printable(this.#hash.line);
  }

  /** The same, in pieces. */
  toJson(): Json {
    const { name, uri, algorithm, digits, size, isStored } = this.#hash;
    return {
      type: "hash",
      name,
      uri: uri && redactSecrets(uri),
      algorithm,
      value: digits,
      size,
      stored: isStored,
    };
  }
}

/** Whether an object has the checksum of a list. */
export class SumMessage implements Message {
  readonly #name: string;
  readonly #outcome: "OK" | "FAILED" | "FAILED open or read";

  /** Says of `name` what came of it. */
  constructor(name: string, outcome: "OK" | "FAILED" | "FAILED open or read") {
    this.#name = redactSecrets(name);
    this.#outcome = outcome;
  }

  /** As `sha256sum -c` writes it. */
  toText(): string {
    return `${printable(this.#name)}: ${this.#outcome}`;
  }

  /** The same. */
  toJson(): Json {
    return {
      type: "sum",
      name: this.#name,
      ok: this.#outcome === "OK",
      read: !this.#outcome.endsWith("read"),
    };
  }
}
