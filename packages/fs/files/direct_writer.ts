import type { Slab, StoreContext } from "@lade/core";
import type { SyncMode } from "../names/local_config.ts";
import type { DescriptorCalls } from "./descriptor_calls.ts";
import { BLOCK, blocksAbove, blocksBelow } from "./direct_alignment.ts";
import { DirectOutput } from "./direct_output.ts";
import type { FileStatus } from "./file_status.ts";
import { finishDirect } from "./finish_direct.ts";
import type { WritableFile } from "./medium.ts";
import { SlabSupply } from "./slab_supply.ts";
import type { ThreadedFile } from "./write_threads.ts";

/** Bytes of one request. */
const PIECE = 8 * 2 ** 20;
/** Requests in flight, each with a descriptor of its own. */
const MOST_IN_FLIGHT = 4;

/** What a {@linkcode DirectWriter} is made of. */
export interface DirectWriterSetup {
  /** The new file. */
  readonly fd: number;
  /** Opens the file once more. */
  readonly open: () => number;
  readonly calls: DescriptorCalls;
  readonly context: StoreContext;
  /** Bytes that will be written, where that is known. */
  readonly expected?: number | undefined;
  /** The file as other threads write it, where they may. */
  readonly threaded?: ThreadedFile | undefined;
}

/**
 * Writes by O_DIRECT, several requests at a time. Large chunks in aligned memory go straight to the disk; others, and
 * what is smaller than a request, through aligned slabs. The last block is filled up and then cut off.
 */
export class DirectWriter implements WritableFile {
  readonly #setup: DirectWriterSetup;
  readonly #slabs: SlabSupply;
  readonly #slabSize: number;
  readonly #output: DirectOutput;
  readonly #flying = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | undefined;
  #slab: Slab<ArrayBufferLike> | undefined;
  #filled = 0;
  /** Bytes handed on, a multiple of the block size. */
  #position = 0;
  #closed = false;

  constructor(setup: DirectWriterSetup) {
    this.#setup = setup;
    this.#slabSize = blocksAbove(Math.max(BLOCK, Math.min(PIECE, setup.expected ?? PIECE)));
    const { context, threaded } = setup;
    this.#slabs = new SlabSupply(context, this.#slabSize, MOST_IN_FLIGHT, threaded !== undefined);
    this.#output = new DirectOutput({ ...setup, slabs: this.#slabs, slabSize: this.#slabSize });
  }

  async append(chunk: Uint8Array): Promise<void> {
    for (let rest = chunk; rest.length > 0;) {
      const count = this.#filled === 0 && rest.length >= PIECE && !this.#output.isMisaligned
        ? await this.#appendStraight(rest)
        : await this.#gather(rest);
      rest = rest.subarray(count);
    }
  }

  async finish(sync: SyncMode): Promise<FileStatus> {
    const { calls, fd } = this.#setup;
    const size = this.#position + this.#filled;
    if (this.#slab) {
      const padded = blocksAbove(this.#filled);
      this.#slab.bytes.fill(0, this.#filled, padded);
      await this.#send(this.#slab, padded);
    }
    await this.#landed();
    const status = await finishDirect(calls, fd, size, sync);
    await this.close();
    return status;
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all(this.#flying);
    this.#output.close();
    if (this.#slab) this.#slabs.give(this.#slab);
    this.#slabs.release();
  }

  /** Fills the slab, and sends it when it is full. */
  async #gather(chunk: Uint8Array): Promise<number> {
    this.#throwIfFailed();
    this.#slab ??= await this.#slabs.take();
    const count = Math.min(chunk.length, this.#slabSize - this.#filled);
    this.#slab.bytes.set(chunk.subarray(0, count), this.#filled);
    this.#filled += count;
    // What is copied anyway may as well be written by another thread.
    this.#setup.threaded?.expect(count);
    if (this.#filled === this.#slabSize) await this.#send(this.#slab, this.#slabSize);
    return count;
  }

  /** Writes the slab at the end of the file, and goes on meanwhile. */
  async #send(slab: Slab<ArrayBufferLike>, length: number): Promise<void> {
    const position = this.#position;
    await this.#room();
    this.#position += length;
    this.#slab = undefined;
    this.#filled = 0;
    this.#fly(async () => {
      try {
        await this.#output.writeAligned(slab.bytes.subarray(0, length), position);
      } finally {
        this.#slabs.give(slab);
      }
    });
  }

  /** Writes the whole blocks of a chunk from where they are; the rest is left. Waits for all, since the chunk is lent. */
  async #appendStraight(chunk: Uint8Array): Promise<number> {
    const length = blocksBelow(chunk.length);
    const start = this.#position;
    this.#position += length;
    for (let at = 0; at < length; at += PIECE) {
      const piece = chunk.subarray(at, Math.min(length, at + PIECE));
      await this.#room();
      this.#fly(() => this.#output.write(piece, start + at));
    }
    await this.#landed();
    return length;
  }

  /** Waits until one more request may fly. */
  async #room(): Promise<void> {
    while (this.#flying.size >= MOST_IN_FLIGHT) await Promise.race(this.#flying);
    this.#throwIfFailed();
  }

  #fly(work: () => Promise<void>): void {
    const flight = work().catch((error) => {
      this.#failure ??= { error };
    }).finally(() => this.#flying.delete(flight));
    this.#flying.add(flight);
  }

  async #landed(): Promise<void> {
    await Promise.all(this.#flying);
    this.#throwIfFailed();
  }

  #throwIfFailed(): void {
    if (this.#failure) throw this.#failure.error;
  }
}
