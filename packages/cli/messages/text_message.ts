import type { Json, Message } from "../output/message.ts";

/** A text of several lines that is a result of its own. */
export class TextMessage implements Message {
  readonly #text: string;

  /** Shows `text`. */
  constructor(text: string) {
    this.#text = text;
  }

  /** The text. */
  toText(): string {
    return this.#text;
  }

  /** The text. */
  toJson(): Json {
    return { type: "text", text: this.#text };
  }
}
