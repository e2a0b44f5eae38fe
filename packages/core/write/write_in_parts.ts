import { inParallel } from "../concurrency/in_parallel.ts";
import type { StoreContext } from "../context/store_context.ts";
import type { PutResult } from "../contract/types.ts";
import { partSizeFor, type PartWriterSetup } from "./create_part_writer.ts";
import { sendPart } from "./send_part.ts";
import { WriteLife } from "./write_life.ts";
import type { ObjectPart, WriteSink } from "./write_sink.ts";

/** What {@linkcode writeInParts} needs. */
export interface WriteInPartsSetup extends Omit<PartWriterSetup, "context"> {
  /** Time. */
  readonly context: Pick<StoreContext, "clock">;
}

/**
 * Makes an object of parts that can be had in any order, each by `write`, which gives it to the sink in its own way: from
 * memory, or by having the service copy it. The first failure ends the others and drops the sink.
 */
export async function writeInParts(
  setup: WriteInPartsSetup,
  write: (part: ObjectPart, signal: AbortSignal) => Promise<unknown>,
): Promise<PutResult> {
  const { sink, size, context: { clock }, signal } = setup;
  const partSize = partSizeFor(setup);
  const life = new WriteLife({ sink, clock, signal });
  const writePart = async (part: ObjectPart) => void await life.run(() => write(part, life.signal));
  try {
    await life.run(() => life.begin());
    await inParallel(partsOf(size, partSize), widthOf(sink), writePart);
    return await life.run(() => life.make((stop) => sink.commit(size, stop)));
  } catch (error) {
    const reason = await life.failed(error);
    // No writer is left by which to wait for what is still to be removed.
    await life.abort().catch(() => {});
    throw reason;
  }
}

function* partsOf(size: number, partSize: number): Generator<ObjectPart, void, void> {
  for (let index = 0, offset = 0; offset < size; index++, offset += partSize) {
    yield { index, offset, length: Math.min(partSize, size - offset) };
  }
}

/** How many parts are made side by side; a limit bounds them by itself. */
function widthOf({ ordered, concurrency }: WriteSink): number {
  if (ordered) return 1;
  return typeof concurrency === "number" ? concurrency : Infinity;
}

/** Writes an object that is all in memory, in parts sent side by side from where the bytes are. */
export function putInParts(setup: Omit<WriteInPartsSetup, "size">, bytes: Uint8Array): Promise<PutResult> {
  const { sink, context: { clock } } = setup;
  if (bytes.buffer instanceof SharedArrayBuffer && !sink.ordered) sink.bulk?.expect(bytes.length);
  return writeInParts({ ...setup, size: bytes.length }, (part, signal) => {
    const { offset, length } = part;
    return sendPart({ sink, clock }, part, bytes.subarray(offset, offset + length), signal);
  });
}

/** Writes an object that is all in memory: whole where the sink puts such sizes whole, else in parts. */
export async function putBySink(
  setup: Omit<WriteInPartsSetup, "size">,
  bytes: Uint8Array,
): Promise<PutResult> {
  const { sink, signal = new AbortController().signal } = setup;
  if (!(bytes instanceof Uint8Array)) {
    throw new TypeError(`Cannot put ${JSON.stringify(sink.uri)}: a Uint8Array is needed`);
  }
  return sink.putWhole && bytes.length <= (sink.wholeUpTo ?? -1)
    ? await sink.putWhole(bytes, signal)
    : await putInParts(setup, bytes);
}
