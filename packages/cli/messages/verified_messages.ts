import { formatSize, printable, redactSecrets } from "@lade/core/text";
import type { FormatName, Verification } from "@lade/formats";
import type { Json, Message } from "../output/message.ts";
import { counted } from "../output/counted.ts";

/** What a verification of one object came to. */
export interface Verified {
  /** The object. */
  readonly uri: string;
  /** The name it is listed by. */
  readonly name: string;
  /** Its format; absent where it is none that is known. */
  readonly format?: FormatName;
  /** What was compared and found; absent where nothing was read. */
  readonly verification?: Verification;
}

/** What came of one object. */
export class VerifiedMessage implements Message {
  readonly #verified: Verified;

  /** Shows `verified`. */
  constructor(verified: Verified) {
    this.#verified = verified;
  }

  /** The name, whether it is sound, and what was compared. */
  toText(): string {
    const { name, format, verification } = this.#verified;
    const shown = printable(redactSecrets(name));
    if (!verification || !format) return `${shown}: UNCHECKED, of no format that is known`;
    const { checked, unchecked = 0, faults } = verification;
    const compared = Object.entries(checked).filter(([, count]) => count > 0)
      .map(([what, count]) => `${count} × ${printable(what)}`).join(", ");
    if (faults.length > 0) return `${shown}: FAILED, ${counted(faults.length, "fault")}`;
    const rest = unchecked > 0 ? `; ${formatSize(unchecked)} of ${format} bear none` : "";
    return compared === ""
      ? `${shown}: UNCHECKED, ${format} without checksums`
      : `${shown}: OK, ${compared}${rest}`;
  }

  /** All of it, the messages of its faults too. */
  toJson(): Json {
    const { uri, format, verification } = this.#verified;
    return {
      type: "verified",
      uri: redactSecrets(uri),
      format,
      outcome: outcomeOf(this.#verified),
      checked: verification && { ...verification.checked },
      unchecked: verification?.unchecked,
      bytes: verification?.bytes,
      faults: verification?.faults.map(({ message }) => redactSecrets(message)),
    };
  }
}

/** What came of all objects. */
export class VerifiedSumMessage implements Message {
  readonly #sum: Readonly<Record<"ok" | "failed" | "unchecked", number>>;

  /** Shows how many came out how. */
  constructor(sum: Readonly<Record<"ok" | "failed" | "unchecked", number>>) {
    this.#sum = sum;
  }

  /** The counts. */
  toText(): string {
    const { ok, failed, unchecked } = this.#sum;
    const parts = [
      ...(ok > 0 ? [`${counted(ok, "object")} sound`] : []),
      ...(failed > 0 ? [`${failed} faulty or unread`] : []),
      ...(unchecked > 0 ? [`${unchecked} without a checksum to compare`] : []),
    ];
    return `lade: ${parts.join(", ")}`;
  }

  /** The same. */
  toJson(): Json {
    return { type: "verifiedAll", ...this.#sum };
  }
}

/** Whether an object is sound, as far as checksums tell. */
export function outcomeOf({ verification }: Verified): "ok" | "failed" | "unchecked" {
  if (!verification) return "unchecked";
  if (verification.faults.length > 0) return "failed";
  return Object.values(verification.checked).some((count) => count > 0) ? "ok" : "unchecked";
}
