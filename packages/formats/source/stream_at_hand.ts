import type { CallOptions, StoreContext } from "@lade/core";
import type { ByteSource } from "./byte_source.ts";
import type { HeldObject } from "@lade/core/seams";
import { PiecesElsewhere } from "./pieces_elsewhere.ts";

/** Bytes of a piece: a quarter of what a core's own cache holds as a rule, so that who looks at a piece finds it there. */
const PIECE = 2 ** 19;
/** Pieces in a row that were not at hand, after which nothing is taken to be. */
const MOST_MISSED = 3;

/** Bytes of a source that may be held open. */
export interface StreamAtHand extends CallOptions {
  readonly source: Pick<ByteSource, "readInto">;
  /** Holds it open, where that can be now. */
  readonly hold: () => HeldObject | undefined;
  readonly context: Pick<StoreContext, "budget" | "buffers">;
  readonly offset: number;
  readonly end: number;
  /** Other cores read some of it meanwhile; false by default. */
  readonly isShared?: boolean;
}

/**
 * Yields bytes in order in one buffer, as long as they are at hand: each piece is then in the processor's cache. Where one is
 * not, the request that reads it gives other work its turn. What other cores read comes between these pieces. Gives where
 * it ended: at `end`, where several in a row were not at hand, or where the object is no longer what it was.
 */
export async function* streamAtHand(
  { source, hold, context, offset, end, isShared = false, ...call }: StreamAtHand,
): AsyncGenerator<Uint8Array, number, void> {
  const size = Math.min(PIECE, end - offset);
  const lease = context.budget.overdraw(size);
  await using elsewhere = isShared ? new PiecesElsewhere({ hold, context, end }) : undefined;
  let held: HeldObject | undefined;
  try {
    using slab = context.buffers.lease(size);
    let at = offset;
    for (let missed = 0; at < end && missed < MOST_MISSED;) {
      call.signal?.throwIfAborted();
      if (at === elsewhere?.offset) {
        const piece = await elsewhere.take();
        if (!piece) break;
        at += piece.length;
        yield piece;
        continue;
      }
      const piece = slab.bytes.subarray(0, Math.min(size, end - at, (elsewhere?.offset ?? end) - at));
      held ??= hold();
      if (!held?.read(at, piece)) {
        missed++;
        await source.readInto(at, piece, call);
      } else if (held.isUnchanged()) missed = 0;
      else break;
      at += piece.length;
      if (missed === 0) elsewhere?.start(at);
      yield piece;
    }
    return at;
  } finally {
    held?.[Symbol.dispose]();
    lease.release();
  }
}
