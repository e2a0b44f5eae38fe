import { printable, redactSecrets } from "@lade/core/text";
import type { Verification } from "../transfer/verification.ts";
import type { Json, Message } from "./message.ts";

/** How far the bytes of one object were checked. */
export class VerificationMessage implements Message {
  readonly #verification: Verification;

  /** Shows `verification`. */
  constructor(verification: Verification) {
    this.#verification = { ...verification, uri: redactSecrets(verification.uri) };
  }

  /** The object and its checksum, in a sentence. */
  toText(): string {
    const { action, checksum, uri, reason } = this.#verification;
    const found = action === "copied"
      ? "by the store itself"
      : !checksum
      ? action === "read"
        ? `no checksum compared${reason === undefined ? "" : `: ${printable(reason)}`}`
        : "no checksum confirmed"
      : `${printable(checksum.name)} ${printable(checksum.value)} ${
        action === "read" ? "compared" : "confirmed"
      }`;
    return `lade: ${action} ${printable(uri)}, ${found}`;
  }

  /** The same. */
  toJson(): Json {
    const { action, checksum, uri, reason } = this.#verification;
    return {
      type: "verification",
      action,
      uri,
      verified: checksum !== undefined,
      checksum: checksum?.name,
      value: checksum?.value,
      reason,
    };
  }
}
