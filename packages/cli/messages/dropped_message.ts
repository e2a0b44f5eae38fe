import { printable, redactSecrets } from "@lade/core/text";
import type { Json, Message } from "../output/message.ts";

/** Something that copies of objects lack. */
export interface DroppedKind {
  /** The command. */
  readonly operation: string;
  /** What they lack: the name of an attribute. */
  readonly name: string;
  /** Why. */
  readonly reason: string;
  /** How many objects. */
  readonly objects: number;
  /** The first of them. */
  readonly example: string;
}

/** Reports once what the copies of some objects lack. */
export class DroppedMessage implements Message {
  readonly #kind: DroppedKind;

  /** Reports `kind`. */
  constructor(kind: DroppedKind) {
    this.#kind = { ...kind, example: redactSecrets(kind.example), reason: redactSecrets(kind.reason) };
  }

  /** What is missing, of how many objects, and why. */
  toText(): string {
    const { operation, name, reason, objects, example } = this.#kind;
    const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    const whose = objects === 1
      ? printable(example)
      : `${objects} objects, the first of them ${printable(example)}`;
    return `lade: ${operation} did not keep the ${words} of ${whose}: ${printable(reason)}`;
  }

  /** The same. */
  toJson(): Json {
    const { name, ...rest } = this.#kind;
    return { type: "dropped", attribute: name, ...rest };
  }
}
