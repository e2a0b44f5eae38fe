import { printable, redactSecrets } from "@lade/core/text";
import type { Json, Message } from "../output/message.ts";

/** A sentence for people on standard error. */
export class NoteMessage implements Message {
  readonly #text: string;

  /** Says `text`. */
  constructor(text: string) {
    this.#text = redactSecrets(text);
  }

  /** The program's name and the sentence. */
  toText(): string {
    return `lade: ${printable(this.#text)}`;
  }

  /** The sentence. */
  toJson(): Json {
    return { type: "note", message: this.#text };
  }
}
