import { printable, redactSecrets } from "@lade/core/text";
import type { Json, Message } from "../output/message.ts";

/** How far the bytes of one object were checked on their way. */
export interface Verification {
  /** What became of the object; `"copied"` by its service, without coming here. */
  readonly action: "read" | "written" | "copied";
  /** The object. */
  readonly uri: string;
  /** The checksum that store and bytes agree on; absent where none was compared. */
  readonly checksum?: { readonly name: string; readonly value: string };
  /** Why none was compared, and what would be. */
  readonly reason?: string;
}

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
