/** Bytes that are asked for chunk by chunk. */
export interface ByteSource {
  /** The next chunk, which is in use until the next call; absent at the end. */
  next(): Promise<Uint8Array | undefined>;
  /** Gives up the rest, also while a chunk is waited for. */
  cancel(reason: unknown): Promise<void>;
}

/** The chunks of a web stream or an async iterable. */
export function byteSource(source: ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>): ByteSource {
  return source instanceof ReadableStream ? fromStream(source) : fromIterable(source);
}

function fromStream(stream: ReadableStream<Uint8Array>): ByteSource {
  const reader = stream.getReader();
  return {
    async next() {
      const { done, value } = await reader.read();
      return done ? undefined : checked(value);
    },
    cancel: (reason) => reader.cancel(reason),
  };
}

function fromIterable(iterable: AsyncIterable<Uint8Array>): ByteSource {
  const iterator = iterable[Symbol.asyncIterator]();
  let waiting = false;
  return {
    async next() {
      waiting = true;
      try {
        const { done, value } = await iterator.next();
        return done ? undefined : checked(value);
      } finally {
        waiting = false;
      }
    },
    async cancel() {
      const returned = iterator.return?.();
      // A generator returns only after the chunk it is at, for which nobody waits any more.
      if (waiting) returned?.then(undefined, () => {});
      else await returned;
    },
  };
}

function checked(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  throw new TypeError(`Cannot decompress a chunk of type ${typeof chunk}: a Uint8Array is needed`);
}
