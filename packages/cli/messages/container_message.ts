import { printable } from "@lade/core/text";
import type { Json, Message } from "../output/message.ts";

/** A container in a listing of containers. */
export class ContainerMessage implements Message {
  readonly #uri: string;

  /** Shows the container at `uri`. */
  constructor(uri: string) {
    this.#uri = uri;
  }

  /** The URI. */
  toText(): string {
    return printable(this.#uri);
  }

  /** The URI. */
  toJson(): Json {
    return { type: "container", uri: this.#uri };
  }
}
