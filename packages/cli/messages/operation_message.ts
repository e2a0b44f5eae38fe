import { printable, redactSecrets } from "@lade/core/text";
import type { Style } from "../output/style.ts";
import type { Json, Message } from "../output/message.ts";

/** Something that a command did, or with `--dry-run` would do. */
export interface Operation {
  /** The command. */
  readonly operation: string;
  /** What it was done from, if anything; `-` is standard input. */
  readonly source?: string;
  /** What it was done to; `-` is standard output. */
  readonly destination: string;
  /** The one version that was taken or removed. */
  readonly version?: string;
  /** Bytes of the object, where they are known. */
  readonly size?: number;
  /** Nothing was done. */
  readonly dryRun: boolean;
}

/** One thing done to one object or container, in the form of the command that does it. */
export class OperationMessage implements Message {
  readonly #operation: Operation;

  /** Shows `operation`. */
  constructor(operation: Operation) {
    this.#operation = operation;
  }

  /** The command and its arguments, without what is secret in them. */
  toText(style: Style): string {
    const { operation, source, destination, version, dryRun } = this.#operation;
    const words = [operation, ...(source === undefined ? [] : [source]), destination];
    return (dryRun ? style.dim("(dry run) ") : "") +
      words.map((word) => printable(redactSecrets(word))).join(" ") +
      (version === undefined ? "" : ` (version ${printable(version)})`);
  }

  /** The same, with the size; names are exact, so that programs can use them. */
  toJson(): Json {
    return { type: "operation", ...this.#operation };
  }
}
