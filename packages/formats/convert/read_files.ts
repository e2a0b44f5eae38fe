import {
  type CallOptions,
  getMany,
  type ObjectStore,
  objectUri,
  PreconditionFailedError,
  readChunks,
} from "@lade/core";
import type { ObjectInfo, ObjectMeta } from "@lade/core";

/** Files up to this size are read whole, several at once, ahead of their turn. */
const SMALL = 2 ** 20;

/** A file whose turn it is. */
export interface ReadFile<File> {
  /** The file. */
  readonly file: File;
  /** Its bytes, or a stream of them in pieces that are valid until the next one is asked for. */
  readonly data: Uint8Array | AsyncIterable<Uint8Array>;
}

/**
 * Reads files in order: small ones ahead of their turn and several at once, within the byte budget, the others as a stream. A
 * file that has changed since it was listed is a `PreconditionFailedError`.
 */
export async function* readFiles<File extends { readonly meta: ObjectMeta }>(
  store: ObjectStore,
  files: AsyncIterable<File>,
  options: CallOptions = {},
): AsyncGenerator<ReadFile<File>, void, void> {
  const iterator = files[Symbol.asyncIterator]();
  let next = await iterator.next();
  try {
    while (!next.done) {
      const file: File = next.value;
      if (file.meta.size > SMALL) {
        yield { file, data: largeFile(store, file.meta, options) };
        next = await iterator.next();
        continue;
      }
      const begun: File[] = [];
      const keys = async function* () {
        while (!next.done && next.value.meta.size <= SMALL) {
          begun.push(next.value);
          yield next.value.meta.key;
          next = await iterator.next();
        }
      };
      for await (const { info, bytes, error } of getMany(store, keys(), options)) {
        const [file] = begun.splice(0, 1);
        if (!file) throw new TypeError("Cannot read files: one more came than was asked for");
        if (!bytes) throw error;
        checkSame(store, file.meta, info);
        yield { file, data: bytes };
      }
    }
  } finally {
    await iterator.return?.();
  }
}

async function* largeFile(store: ObjectStore, meta: ObjectMeta, options: CallOptions) {
  await using read = await readChunks(store, meta.key, options);
  checkSame(store, meta, read.info);
  yield* read;
}

function checkSame(store: ObjectStore, listed: ObjectMeta, { size, etag }: ObjectInfo): void {
  const isSame = size === listed.size &&
    (etag === undefined || listed.etag === undefined || etag === listed.etag);
  if (isSame) return;
  const uri = objectUri(store.uri, listed.key);
  throw new PreconditionFailedError({ operation: "get", uri, detail: "it has changed since it was listed" });
}
