import type { ByteBudget } from "@lade/core/backend";
import type { Batch, DataLoader } from "../loader/data_loader.ts";
import type { BatchColumns } from "./batch_columns.ts";
import { BatchMessages } from "./batch_messages.ts";
import { Handover, type SharedReader } from "./handover.ts";
import type { SharedBuffers } from "./shared_buffers.ts";

/** What batches are shared with. */
export interface ShareOptions {
  /** Where the loader's batches lie: its `pool.buffers`. */
  readonly buffers: SharedBuffers;
  /** Who reads. */
  readonly reader: SharedReader;
  /** Counts batches while the reader has them. */
  readonly budget: ByteBudget;
  /** Ends waiting for the reader. */
  readonly signal?: AbortSignal;
}

/**
 * Goes through what is left of a loader's epochs, and lets a process of this machine map each batch where it lies, as an
 * Arrow IPC stream of its own with the state behind it in its metadata. For each a line is written, `PATH OFFSET LENGTH`: the
 * file to be mapped and where the stream lies in it. The reader answers `next` once it has mapped it, and `PATH` once it
 * has no view of it any more. `end` is the last line; where it does not come, something has failed, which is thrown here.
 *
 * Samples that are all alike, where they are read into the buffers, are not copied, and others once. A batch that the reader
 * holds on to stays as it is: other memory is taken.
 */
export async function shareBatches<B>(
  loader: DataLoader<B>,
  columns: BatchColumns<B>,
  { buffers, reader, budget, signal }: ShareOptions,
): Promise<void> {
  const messages = new BatchMessages(loader, columns);
  using handover = new Handover({ buffers, reader, budget, ...(signal && { signal }) });
  try {
    for await (const { batch, pieces } of messages) {
      const all = [messages.schema(), ...pieces, messages.end()];
      await handover.send(inPlace(batch, all, buffers) ?? copied(all, buffers));
    }
  } catch (error) {
    // What was handed over comes before the failure.
    await handover.allTaken().catch(() => {});
    throw error;
  }
  await handover.allTaken();
  await handover.end();
}

/** The pieces around those that lie in a shared buffer already; `undefined` where they are not of one run, or have no room. */
function inPlace(
  batch: Batch<unknown>,
  pieces: readonly Uint8Array[],
  buffers: SharedBuffers,
): Uint8Array<ArrayBuffer> | undefined {
  const isShared = ({ buffer }: Uint8Array) => buffers.placeOf(buffer) !== undefined;
  const first = pieces.findIndex(isShared);
  const [run] = pieces.slice(first);
  if (first < 0 || !run) return undefined;
  let [last, end] = [first, run.byteOffset];
  for (; pieces[last]?.buffer === run.buffer && pieces[last]?.byteOffset === end; last++) {
    end += pieces[last]?.length ?? 0;
  }
  const [before, behind] = [pieces.slice(0, first), pieces.slice(last)];
  const start = run.byteOffset - lengthOf(before);
  if (behind.some(isShared) || start < 0 || end + lengthOf(behind) > run.buffer.byteLength) return undefined;
  batch.keep();
  // A shared buffer is no SharedArrayBuffer.
  const whole = new Uint8Array(run.buffer as ArrayBuffer, start, end + lengthOf(behind) - start);
  fill(whole, before, 0);
  fill(whole, behind, end - start);
  return whole;
}

function copied(pieces: readonly Uint8Array[], buffers: SharedBuffers): Uint8Array<ArrayBuffer> {
  const whole = buffers.take(lengthOf(pieces));
  fill(whole, pieces, 0);
  return whole;
}

function fill(whole: Uint8Array, pieces: readonly Uint8Array[], from: number): void {
  for (const piece of pieces) {
    whole.set(piece, from);
    from += piece.length;
  }
}

function lengthOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
