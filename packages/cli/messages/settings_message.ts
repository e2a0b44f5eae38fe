import type { OpenedContainer } from "@lade/lade";
import { printable } from "@lade/core/text";
import type { Json, Message } from "../output/message.ts";

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
    const listed = settings.map(({ name, value, source }) => `${name} ${value} (${source})`).join(", ");
    return printable(`lade: ${uri} has ${listed}`);
  }

  /** Each setting by itself. */
  toJson(): Json {
    const { uri, settings } = this.#opened;
    return { type: "settings", uri, settings: settings.map((each) => ({ ...each })) };
  }
}
