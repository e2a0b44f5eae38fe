import type { AddressFigures } from "@lade/core";
import { formatSize, printable } from "@lade/core/text";
import type { TransferLimit } from "@lade/transfer/limits";
import type { Json, Message } from "../output/message.ts";

/** What limited a command, and by how many requests it worked. */
export class LimitMessage implements Message {
  readonly #limit: TransferLimit;

  /** Tells `limit`. */
  constructor(limit: TransferLimit) {
    this.#limit = limit;
  }

  /** The sentence, a line that counts requests where there were some, and one for each of several addresses. */
  toText(): string {
    const { addresses, connections, hedges, requests, retries, throttled } = this.#limit.figures;
    const sentence = printable(this.#limit.sentence);
    if (requests === 0) return `lade: ${sentence}`;
    const parts = [
      // How many there are is the platform's own affair where requests go by `fetch`.
      counted(requests, "request") +
      (connections > 0 ? ` over ${counted(connections, "new connection")}` : ""),
      ...(retries > 0 ? [`${retries} of them tried again`] : []),
      ...(throttled > 0 ? [`${throttled} throttled`] : []),
      ...(hedges.issued > 0
        ? [`${hedges.issued} of them asked once more for what was slow, of which ${hedges.won} came first`]
        : []),
    ];
    const each = addresses.length > 1 ? addresses.map((address) => `\nlade: ${addressLine(address)}`) : [];
    return `lade: ${sentence}\nlade: ${parts.join(", ")}${each.join("")}`;
  }

  /** What it was, the sentence, and all figures. */
  toJson(): Json {
    return { type: "limit", ...limitJson(this.#limit) };
  }
}

/** What limited a command, as JSON; numbers are rounded. */
export function limitJson({ by, sentence, figures }: TransferLimit): { readonly [name: string]: Json } {
  return { by, sentence, figures: rounded(figures) };
}

function addressLine(figures: AddressFigures): string {
  const { address, avoided, bytes, connections, failed, firstByteMs, requests } = figures;
  const parts = [
    `${counted(requests, "request")} over ${counted(connections, "connection")}`,
    ...(requests > 0 ? [`first byte after ${Math.round(firstByteMs)} ms`] : []),
    ...(bytes > 0 ? [`${formatSize(bytes)} received`] : []),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(avoided ? ["avoided now"] : []),
  ];
  return `${printable(address)}: ${parts.join(", ")}`;
}

function rounded(value: unknown): Json {
  if (typeof value === "number") return Math.round(value * 10) / 10;
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value !== "object" || value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, rounded(inner)]));
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
