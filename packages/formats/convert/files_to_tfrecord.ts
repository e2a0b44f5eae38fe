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
import { createRecordWriter } from "../tfrecord/record_writer.ts";
import { nameFault } from "./name_fault.ts";

/** What the records of files are: tf.Examples of `name` and `data`, or the bytes of the files alone. */
export type FileRecords = "examples" | "bytes";

/** Options of {@linkcode filesToTfrecord}. */
export interface FilesToTfrecordOptions extends WriterOptions, Pick<ListOptions, "onLeftOut"> {
  /**
   * What a record is: `"examples"`, the default, each with the file's name below the prefix as the feature `name`, and its
   * bytes as `data`; or `"bytes"`, the files as they are, whose names are then lost.
   */
  readonly records?: FileRecords;
  /** Whether an index is written beside, to the key and `.idx`; true by default, and never where it is compressed. */
  readonly index?: boolean;
  /** How the object is compressed; not at all by default. */
  readonly compression?: "none" | "gzip";
  /** Is told of each file once it is written. */
  readonly onFile?: (name: string, bytes: number) => void;
}

/** What {@linkcode filesToTfrecord} wrote. */
export interface WrittenTfrecord {
  /** Records, one for each file. */
  readonly records: number;
  /** Bytes of the object. */
  readonly size: number;
  /** The key of the index, where one was written. */
  readonly indexKey?: string;
}

/**
 * Writes the files below a prefix as the records of a TFRecord object, in the order of their names, and its index beside it.
 * Each file has to fit into memory; they are read ahead within the byte budget. The object becomes visible when it is whole.
 * No file at all is a `NotFoundError`, a name that could not be written back an `InvalidNameError`, and a file that has
 * changed since it was listed a `PreconditionFailedError`.
 */
export async function filesToTfrecord(
  from: ObjectStore,
  prefix: string,
  to: ObjectStore,
  key: string,
  options: FilesToTfrecordOptions = {},
): Promise<WrittenTfrecord> {
  const { records = "examples", index = true, onFile, onLeftOut, ...writing } = options;
  const { signal } = writing;
  const call = { ...(signal && { signal }) };
  const start = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  if (await new PlaceJudge().contains({ store: from, key: start }, { store: to, key }, undefined, call)) {
    throw new TypeError(
      `Cannot write ${JSON.stringify(key)} among the files that it is to have: choose another place`,
    );
  }
  const begun: ObjectMeta[] = [];
  const keys = async function* () {
    for await (const meta of from.list(start, { ...call, ...(onLeftOut && { onLeftOut }) })) {
      const detail = records === "examples" ? nameFault(meta.key.slice(start.length)) : undefined;
      if (detail !== undefined) {
        throw new InvalidNameError({ operation: "pack", uri: objectUri(from.uri, meta.key), detail });
      }
      begun.push(meta);
      yield meta.key;
    }
  };
  await using writer = await createRecordWriter(to, key, writing);
  for await (const { info, bytes, error } of getMany(from, keys(), call)) {
    const meta = begun.shift();
    if (!bytes || !meta) throw error;
    if (
      info.size !== meta.size || info.etag !== undefined && meta.etag !== undefined && info.etag !== meta.etag
    ) {
      const uri = objectUri(from.uri, meta.key);
      throw new PreconditionFailedError({
        operation: "get",
        uri,
        detail: "it has changed since it was listed",
      });
    }
    const name = meta.key.slice(start.length);
    await writer.write(
      records === "bytes" ? bytes : encodeExample({ name: { bytes: [name] }, data: { bytes: [bytes] } }),
    );
    onFile?.(name, bytes.length);
  }
  if (writer.records === 0) {
    throw new NotFoundError({
      operation: "list",
      uri: objectUri(from.uri, start),
      detail: "no objects are below it",
    });
  }
  const { size, index: made } = await writer.close();
  const told = { records: writer.records, size };
  if (!made || !index) return told;
  const indexKey = indexKeyOf(key);
  await writeIndex(to, indexKey, made, call);
  return { ...told, indexKey };
}
