import { printable } from "@lade/core/text";
import type { Json, Message } from "../output/message.ts";

/** A URL that carries its own signature. */
export interface Presigned {
  /** The object. */
  readonly uri: string;
  /** The method it permits. */
  readonly method: string;
  /** The URL. */
  readonly url: string;
  /** When it ceases to work. */
  readonly expires: Date;
  /** Headers that have to go with it. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** One line of `presign`. */
export class PresignedMessage implements Message {
  readonly #presigned: Presigned;

  /** Shows `presigned`. */
  constructor(presigned: Presigned) {
    this.#presigned = presigned;
  }

  /** The URL alone, for use by other programs. */
  toText(): string {
    return printable(this.#presigned.url);
  }

  /** All of it. */
  toJson(): Json {
    const { expires, headers, ...rest } = this.#presigned;
    return { type: "presigned", ...rest, expires: expires.toISOString(), ...headers && { headers } };
  }
}
