import type { ReadHints, StoreContext } from "@lade/core";
import type { IoGate } from "./io_gate.ts";
import type { Medium, ReadableFile, WritableFile } from "./medium.ts";
import { CachedReader } from "./cached_reader.ts";
import { CachedWriter } from "./cached_writer.ts";

/** One descriptor per chunk lets up to four overlap; a reader in order is best served by the system's own read-ahead. */
const READ_HINTS: ReadHints = {
  firstChunkSize: 8 * 2 ** 20,
  chunkSize: 8 * 2 ** 20,
  initialConcurrency: 4,
  maxConcurrency: 8,
  sequentialConcurrency: 2,
  alignment: 4096,
};

/** Files through the page cache. */
export class FileMedium implements Medium {
  readonly readHints = READ_HINTS;
  readonly #gate: IoGate;
  readonly #context: StoreContext;

  constructor(gate: IoGate, context: StoreContext) {
    this.#gate = gate;
    this.#context = context;
  }

  openSync(path: string): ReadableFile {
    return new CachedReader(Deno.openSync(path), this.#gate);
  }

  async open(path: string): Promise<ReadableFile> {
    return new CachedReader(await Deno.open(path), this.#gate);
  }

  async create(path: string): Promise<WritableFile> {
    const options = { write: true, createNew: true };
    const file = await this.#gate.run(() => Deno.openSync(path, options), () => Deno.open(path, options));
    return new CachedWriter(file, this.#gate, this.#context);
  }
}
