import type { Converted } from "@lade/transfer";
import { formatSize, printable, redactSecrets } from "@lade/core/text";
import type { Json, Message } from "../output/message.ts";

/** What conversions made of the bytes of some objects. */
export interface ConversionTotal extends Converted {
  /** How many objects. */
  readonly objects: number;
}

/** A conversion as `--json` has it: `ratio` is of the bytes that are not compressed to those that are. */
export function conversionJson(converted: Converted | ConversionTotal): Json {
  const ratio = ratioOf(converted);
  return { ...converted, ...(ratio !== undefined && { ratio: Math.round(ratio * 1000) / 1000 }) };
}

/** A conversion in words: `10.0 MiB compressed to 1.00 MiB (10.0 : 1)`. */
export function conversionText(converted: Converted): string {
  const { action, bytesIn, bytesOut } = converted;
  const ratio = ratioOf(converted);
  const times = ratio === undefined
    ? ""
    : ` (${ratio >= 100 ? Math.round(ratio) : ratio.toPrecision(3)} : 1)`;
  return `${formatSize(bytesIn)} ${action} to ${formatSize(bytesOut)}${times}`;
}

function ratioOf({ action, bytesIn, bytesOut }: Converted): number | undefined {
  const [plain, compressed] = action === "compressed" ? [bytesIn, bytesOut] : [bytesOut, bytesIn];
  return compressed === 0 ? undefined : plain / compressed;
}

/** What compressing or decompressing made of one object. */
export class ConversionMessage implements Message {
  readonly #uri: string;
  readonly #converted: Converted;

  /** Shows what was made of what is at `uri`. */
  constructor(uri: string, converted: Converted) {
    this.#uri = redactSecrets(uri);
    this.#converted = converted;
  }

  /** The object and its bytes before and after. */
  toText(): string {
    return `lade: ${printable(this.#uri)}: ${conversionText(this.#converted)}`;
  }

  /** The same. */
  toJson(): Json {
    return { type: "conversion", uri: this.#uri, conversion: conversionJson(this.#converted) };
  }
}
