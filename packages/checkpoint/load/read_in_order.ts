import { type ObjectInfo, type ObjectStore, objectUri } from "@lade/core";
import { RangeNotSatisfiableError } from "@lade/core/errors";

/** Bytes of an object that are wanted, and the memory that they go to. */
export interface WantedBytes {
  /** The first byte, from the start of the object. */
  readonly offset: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Options of {@linkcode readInOrder}. */
export interface ReadInOrderOptions {
  /** Bytes between two that are wanted which are read and dropped rather than asked for around. */
  readonly gap: number;
  readonly ifMatch?: string | undefined;
  readonly signal: AbortSignal;
  /** Is told of each, in order, once it is filled, and of the object. What it throws ends all. */
  readonly onFilled: (index: number, info: ObjectInfo) => void;
}

/**
 * Reads bytes that come in the order of the object by as few requests as can be, each from its start to its end: what a file
 * system reads ahead is then what is wanted next, and bytes are looked at while they are in the cores' caches.
 */
export async function readInOrder(
  store: ObjectStore,
  key: string,
  wanted: readonly WantedBytes[],
  { gap, ifMatch, signal, onFilled }: ReadInOrderOptions,
): Promise<void> {
  let index = 0;
  for (const stretch of stretchesOf(wanted, gap)) {
    const [first] = stretch;
    if (!first) continue;
    const range = { offset: first.offset, length: endOf(stretch) - first.offset };
    await using result = await store.get(key, { range, signal, ...(ifMatch !== undefined && { ifMatch }) });
    let at = first.offset;
    for (const { offset, bytes } of stretch) {
      if (offset > at) await result.readInto(new Uint8Array(offset - at));
      if (await result.readInto(bytes) < bytes.length) throw cut(store, key, result.info);
      at = offset + bytes.length;
      onFilled(index++, result.info);
    }
  }
}

function cut(store: ObjectStore, key: string, { size }: ObjectInfo): RangeNotSatisfiableError {
  const detail = `the object has ${size} bytes, and more are wanted`;
  return new RangeNotSatisfiableError({ operation: "get", uri: objectUri(store.uri, key), detail });
}

/** Puts together what lies side by side, or nearly so. */
function* stretchesOf(wanted: readonly WantedBytes[], gap: number): Generator<readonly WantedBytes[]> {
  let held: WantedBytes[] = [];
  for (const one of wanted) {
    const ahead = one.offset - endOf(held);
    if (held.length > 0 && (ahead < 0 || ahead > gap)) {
      yield held;
      held = [];
    }
    held.push(one);
  }
  yield held;
}

function endOf(stretch: readonly WantedBytes[]): number {
  const last = stretch.at(-1);
  return last ? last.offset + last.bytes.length : 0;
}
