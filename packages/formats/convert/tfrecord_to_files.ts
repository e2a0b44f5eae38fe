import { contentTypeOf, type ObjectStore, objectUri, PlaceJudge, type PutOptions } from "@lade/core";
import { inParallel } from "@lade/core/concurrency";
import { parseExample } from "../example/parse_example.ts";
import type { RecordBatch } from "../tfrecord/record_batch.ts";
import { readRecords } from "../tfrecord/read_records.ts";
import { recordFault } from "../tfrecord/record_fault.ts";
import { HEAD_BYTES } from "../tfrecord/record_frame.ts";
import type { FileRecords } from "./files_to_tfrecord.ts";
import { nameFault } from "./name_fault.ts";

/** Options of {@linkcode tfrecordToFiles}. */
export interface TfrecordToFilesOptions extends Pick<PutOptions, "signal" | "ifNoneMatch"> {
  /**
   * What the records are: `"examples"`, the default, of a `name` and `data` and nothing else; or `"bytes"`, which become files
   * that are named by their number, of eight digits.
   */
  readonly records?: FileRecords;
  /** What the names of `"bytes"` end in, such as `.jpg`; nothing by default. */
  readonly suffix?: string;
  /** Is told of each file once it is written. */
  readonly onFile?: (name: string, bytes: number) => void;
}

/** What {@linkcode tfrecordToFiles} wrote. */
export interface UnpackedTfrecord {
  /** Files, one for each record. */
  readonly files: number;
  /** Their bytes. */
  readonly bytes: number;
}

/** Files that are written at a time. */
const WIDTH = 32;

interface FileOfRecord {
  readonly name: string;
  readonly data: Uint8Array;
}

/**
 * Writes the records of a TFRecord object as files below a prefix of any store. A record that is damaged, has no name or data,
 * or something besides, a name that leads out of there or to the object itself, and two records of one name are `FormatError`s; nothing is written for
 * such a record. What was written before stays.
 */
export async function tfrecordToFiles(
  from: ObjectStore,
  key: string,
  to: ObjectStore,
  prefix: string,
  options: TfrecordToFilesOptions = {},
): Promise<UnpackedTfrecord> {
  const { records = "examples", suffix = "", signal, ifNoneMatch, onFile } = options;
  const call = { ...(signal && { signal }) };
  const condition = { ...(ifNoneMatch !== undefined && { ifNoneMatch }) };
  const start = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  const uri = objectUri(from.uri, key);
  const seen = new Set<string>();
  const own = await new PlaceJudge().pathWithin(
    { store: to, key: start },
    { store: from, key },
    undefined,
    call,
  );
  const filesOf = function* (batch: RecordBatch): Generator<FileOfRecord> {
    for (const [index, record] of [...batch].entries()) {
      const number = batch.first + index;
      const offset = batch.offset + (batch.starts[index] ?? 0) - HEAD_BYTES;
      const refuse = (detail: string) => recordFault({ uri, record: number, offset }, detail);
      const file = records === "bytes"
        ? { name: String(number).padStart(8, "0") + suffix, data: record }
        : fileOf(record, uri, refuse);
      const fault = nameFault(file.name) ??
        (file.name === own ? "it would replace the object itself" : undefined);
      if (fault !== undefined) throw refuse(`${JSON.stringify(file.name)} is not written: ${fault}`);
      if (seen.has(file.name)) throw refuse(`two records are named ${JSON.stringify(file.name)}`);
      seen.add(file.name);
      yield file;
    }
  };
  let [files, bytes] = [0, 0];
  for await (const batch of readRecords(from, key, call)) {
    // The memory of a batch is used again once the next one is asked for.
    await inParallel(filesOf(batch), WIDTH, async ({ name, data }, signal) => {
      const contentType = to.capabilities.attributes === false ? undefined : contentTypeOf(name);
      const attributes = { ...condition, ...(contentType !== undefined && { contentType }) };
      await to.put(start + name, data, { ...attributes, signal });
      files++;
      bytes += data.length;
      onFile?.(name, data.length);
    }, signal);
  }
  return { files, bytes };
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The name and the bytes that an Example of a file has. */
function fileOf(record: Uint8Array, uri: string, refuse: (detail: string) => Error): FileOfRecord {
  const { features, lists } = parseExample(record, { uri });
  const only = (name: string): Uint8Array => {
    const values = features[name];
    const [value] = Array.isArray(values) && values.length === 1 ? values : [];
    if (value instanceof Uint8Array) return value;
    throw refuse(`it has not one value of bytes as its ${name}, as the Examples of files do`);
  };
  const [name, data] = [only("name"), only("data")];
  const other = [...Object.keys(features), ...Object.keys(lists)].find((each) =>
    each !== "name" && each !== "data"
  );
  if (other !== undefined) throw refuse(`it has a feature ${JSON.stringify(other)}, which a file has not`);
  try {
    return { name: UTF8.decode(name), data };
  } catch {
    throw refuse("its name is no UTF-8");
  }
}
