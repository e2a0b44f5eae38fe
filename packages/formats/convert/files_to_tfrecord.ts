import {
  getMany,
  type ListOptions,
  NotFoundError,
  type ObjectMeta,
  type ObjectStore,
  objectUri,
  PlaceJudge,
  PreconditionFailedError,
  type WriterOptions,
} from "@lade/core";
import { InvalidNameError } from "@lade/core/errors";
import { encodeExample } from "../example/encode_example.ts";
import { indexKeyOf, writeIndex } from "../tfrecord/index_file.ts";
import { FRAME_BYTES } from "../tfrecord/record_frame.ts";
import { createRecordWriter, type RecordWriter } from "../tfrecord/record_writer.ts";
import { nameFault } from "./name_fault.ts";
import { hasShardPattern, shardKey } from "./shard_keys.ts";

/** What the records of files are: tf.Examples of `name` and `data`, or the bytes of the files alone. */
export type FileRecords = "examples" | "bytes";

/** Options of {@linkcode filesToTfrecord}. */
export interface FilesToTfrecordOptions extends WriterOptions, Pick<ListOptions, "onLeftOut"> {
  /**
   * What a record is: `"examples"`, the default, each with the file's name below the prefix as the feature `name`, and its
   * bytes as `data`; or `"bytes"`, the files as they are, whose names are then lost.
   */
  readonly records?: FileRecords;
  /**
   * Bytes of an object, before it is compressed, at most: several are written then, each with its number in place of `%06d` in
   * the key, or before `.tfrecord`. A record that is larger by itself has an object of its own. One object by default.
   */
  readonly maxBytes?: number;
  /** Whether an index is written beside, to the key and `.idx`; true by default, and never where it is compressed. */
  readonly index?: boolean;
  /** How the object is compressed; not at all by default. */
  readonly compression?: "none" | "gzip";
  /** Is told of each file once it is written. */
  readonly onFile?: (name: string, bytes: number) => void;
}

/** An object that {@linkcode filesToTfrecord} wrote. */
export interface WrittenTfrecord {
  /** Its key. */
  readonly key: string;
  /** Records, one for each file. */
  readonly records: number;
  /** Bytes of the object. */
  readonly size: number;
  /** The key of the index, where one was written. */
  readonly indexKey?: string;
}

/**
 * Writes the files below a prefix as the records of a TFRecord object or of several, in the order of their names, each with its
 * index beside it. Each file has to fit into memory; they are read ahead within the byte budget. An object becomes visible when
 * it is whole; a failure leaves those before it. No file at all is a `NotFoundError`, a name that could not be written back an `InvalidNameError`, and a file that has
 * changed since it was listed a `PreconditionFailedError`.
 */
export async function filesToTfrecord(
  from: ObjectStore,
  prefix: string,
  to: ObjectStore,
  key: string,
  options: FilesToTfrecordOptions = {},
): Promise<WrittenTfrecord[]> {
  const { records = "examples", index = true, maxBytes, onFile, onLeftOut, ...writing } = options;
  const { signal } = writing;
  const call = { ...(signal && { signal }) };
  const start = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  if (maxBytes !== undefined && !(Number.isSafeInteger(maxBytes) && maxBytes > 0)) {
    throw new RangeError(`Cannot write objects of ${maxBytes} bytes: a whole number from 1 up is needed`);
  }
  if (await new PlaceJudge().contains({ store: from, key: start }, { store: to, key }, undefined, call)) {
    throw new TypeError(
      `Cannot write ${JSON.stringify(key)} among the files that it is to have: choose another place`,
    );
  }
  const isSharded = maxBytes !== undefined || hasShardPattern(key);
  const written: WrittenTfrecord[] = [];
  const close = async (open: OpenObject) => {
    const { size, index: made } = await open.writer.close();
    const told = { key: open.key, records: open.writer.records, size };
    const indexKey = indexKeyOf(open.key);
    if (made && index) await writeIndex(to, indexKey, made, call);
    written.push(made && index ? { ...told, indexKey } : told);
  };
  let open: OpenObject | undefined;
  try {
    for await (
      const { name, bytes } of filesBelow(from, start, records, { ...call, ...(onLeftOut && { onLeftOut }) })
    ) {
      const record = records === "bytes"
        ? bytes
        : encodeExample({ name: { bytes: [name] }, data: { bytes: [bytes] } });
      const frame = record.length + FRAME_BYTES;
      if (open && open.bytes + frame > (maxBytes ?? Infinity)) {
        await close(open);
        open = undefined;
      }
      if (!open) {
        const shard = isSharded ? shardKey(key, written.length, ".tfrecord") : key;
        open = { key: shard, writer: await createRecordWriter(to, shard, writing), bytes: 0 };
      }
      await open.writer.write(record);
      open.bytes += frame;
      onFile?.(name, bytes.length);
    }
    if (open) await close(open);
  } catch (error) {
    await open?.writer.abort(error);
    throw error;
  }
  if (written.length > 0) return written;
  throw new NotFoundError({
    operation: "list",
    uri: objectUri(from.uri, start),
    detail: "no objects are below it",
  });
}

/** An object that is being written. */
interface OpenObject {
  readonly key: string;
  readonly writer: RecordWriter;
  bytes: number;
}

/** The files below a prefix, in the order of their names, read ahead. */
async function* filesBelow(
  store: ObjectStore,
  start: string,
  records: FileRecords,
  options: Pick<ListOptions, "signal" | "onLeftOut">,
): AsyncGenerator<{ readonly name: string; readonly bytes: Uint8Array }, void, void> {
  const begun: ObjectMeta[] = [];
  const keys = async function* () {
    for await (const meta of store.list(start, options)) {
      const detail = records === "examples" ? nameFault(meta.key.slice(start.length)) : undefined;
      if (detail !== undefined) {
        throw new InvalidNameError({ operation: "pack", uri: objectUri(store.uri, meta.key), detail });
      }
      begun.push(meta);
      yield meta.key;
    }
  };
  const { signal } = options;
  for await (const { info, bytes, error } of getMany(store, keys(), { ...(signal && { signal }) })) {
    const meta = begun.shift();
    if (!bytes || !meta) throw error;
    if (
      info.size !== meta.size || info.etag !== undefined && meta.etag !== undefined && info.etag !== meta.etag
    ) {
      const uri = objectUri(store.uri, meta.key);
      throw new PreconditionFailedError({
        operation: "get",
        uri,
        detail: "it has changed since it was listed",
      });
    }
    yield { name: meta.key.slice(start.length), bytes };
  }
}
