import type { Json, Message } from "../output/message.ts";
import { printable, redactSecrets } from "@lade/core/text";
import type { OpenedContainer } from "@lade/lade";

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

/** What is configured for a container, and where each setting came from. */
export class SettingsMessage implements Message {
  readonly #opened: OpenedContainer;

  /** Shows the settings of `opened`. */
  constructor(opened: OpenedContainer) {
    this.#opened = opened;
  }

  /** The container and its settings in one line. */
  toText(): string {
    const { uri, settings } = this.#opened;
    const listed = settings.map(({ name, value, source }) => {
      return `${name} ${value}${source === "" ? "" : ` (${source})`}`;
    }).join(", ");
    return printable(`lade: ${uri} has ${listed}`);
  }

  /** Each setting by itself. */
  toJson(): Json {
    const { uri, settings } = this.#opened;
    return { type: "settings", uri, settings: settings.map((each) => ({ ...each })) };
  }
}
