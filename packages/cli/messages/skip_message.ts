import { printable, redactSecrets } from "@lade/core/text";
import type { Style } from "../output/style.ts";
import type { Json, Message } from "../output/message.ts";

/** Something that a command left as it was, on purpose. */
export class SkipMessage implements Message {
  readonly #uri: string;
  readonly #reason: string;

  /** Says why what is at `uri` was left alone. */
  constructor(uri: string, reason: string) {
    this.#uri = redactSecrets(uri);
    this.#reason = redactSecrets(reason);
  }

  /** The URI and why. */
  toText(style: Style): string {
    return style.dim(`skipped ${printable(this.#uri)}: ${printable(this.#reason)}`);
  }

  /** The same. */
  toJson(): Json {
    return { type: "skipped", uri: this.#uri, reason: this.#reason };
  }
}
