import { Crc32c } from "@lade/codec/checksum";
import type { PlanHeader, PlanLine, PlanTrailer } from "./plan_file.ts";

/** Bytes that are written together. */
const ENOUGH = 2 ** 16;

/** Writes a plan file: a header, an entry a line, and a trailer by which one that was cut off or changed is recognized. */
export class PlanWriter {
  readonly #write: (bytes: Uint8Array) => Promise<void>;
  readonly #crc = new Crc32c();
  #pending = "";
  #writing: Promise<void> = Promise.resolve();
  #entries = 0;
  #bytes = 0;
  #deletions = 0;

  /** Writes by `write`, one call at a time. */
  constructor(header: PlanHeader, write: (bytes: Uint8Array) => Promise<void>) {
    this.#write = write;
    this.#pending = `${JSON.stringify(header)}\n`;
  }

  /** Adds an entry. */
  async add(entry: PlanLine): Promise<void> {
    this.#entries++;
    if ("from" in entry) this.#bytes += entry.source.size;
    if ("remove" in entry) this.#deletions++;
    this.#pending += `${JSON.stringify(entry)}\n`;
    if (this.#pending.length >= ENOUGH) await this.#flush();
  }

  /** Writes the rest and the trailer. */
  async end(): Promise<void> {
    await this.#flush();
    const crc32c = this.#crc.toHex();
    const end: PlanTrailer = {
      entries: this.#entries,
      deletions: this.#deletions,
      bytes: this.#bytes,
      crc32c,
    };
    await this.#write(new TextEncoder().encode(`${JSON.stringify({ end })}\n`));
  }

  async #flush(): Promise<void> {
    const bytes = new TextEncoder().encode(this.#pending);
    this.#pending = "";
    this.#crc.update(bytes);
    this.#writing = this.#writing.then(() => this.#write(bytes));
    await this.#writing;
  }
}
