import { FormatError } from "../errors/format_error.ts";
import { dtypeOfName } from "./dtype_names.ts";
import { JsonReader } from "./json_reader.ts";
import { tensorLength, type TensorPlace } from "./tensor_place.ts";

/** What a safetensors file says of itself. */
export interface SafetensorsHeader {
  /** The tensors, in the order of the file. */
  readonly tensors: readonly TensorPlace[];
  /** What its writer said of it. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the data begin, from the start of the object. */
  readonly dataOffset: number;
}

/** Bytes of JSON, at most: a limit of the format. */
export const MOST_HEADER_BYTES = 100_000_000;

/** Bytes before the JSON, which say how long it is. */
export const LENGTH_BYTES = 8;

const MOST_DIMENSIONS = 64;

/**
 * Reads and checks the JSON of a header, of an object of `size` bytes. The tensors' bytes follow one another from the end of
 * the header to the end of the object, without a hole and without sharing any, and each has what its shape and dtype take.
 * What is not so, and a name that stands twice, is a `FormatError`.
 */
export function parseHeader(json: Uint8Array, uri: string, size: number): SafetensorsHeader {
  const fault = (detail: string) =>
    new FormatError({ operation: "read safetensors", uri, detail, offset: LENGTH_BYTES });
  if (json[0] !== 0x7b) throw fault("its header does not begin with {");
  const reader = new JsonReader(textOf(json, fault), fault);
  const dataOffset = LENGTH_BYTES + json.length;
  const tensors: TensorPlace[] = [];
  let metadata: Readonly<Record<string, string>> = {};
  reader.object("the header", (name) => {
    if (name === "__metadata__") metadata = readMetadata(reader);
    else tensors.push(readTensor(reader, name, dataOffset));
  });
  reader.end();
  tensors.sort((a, b) => a.offset - b.offset || a.length - b.length);
  checkCover(tensors, dataOffset, size, fault);
  return { tensors, metadata, dataOffset };
}

function textOf(json: Uint8Array, fault: (detail: string) => Error): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(json);
  } catch {
    throw fault("its header is not valid UTF-8");
  }
}

function readMetadata(reader: JsonReader): Readonly<Record<string, string>> {
  const pairs: [string, string][] = [];
  // The reference implementation takes it for none.
  if (reader.isNull()) return {};
  reader.object("__metadata__", (name) => {
    pairs.push([name, reader.string(`the metadata ${JSON.stringify(name)}`)]);
  });
  return Object.fromEntries(pairs);
}

function readTensor(reader: JsonReader, name: string, dataOffset: number): TensorPlace {
  const what = `tensor ${JSON.stringify(name)}`;
  let typeName: string | undefined;
  let shape: readonly number[] | undefined;
  let offsets: readonly number[] | undefined;
  reader.object(what, (field) => {
    if (field === "dtype") typeName = reader.string(`the dtype of ${what}`);
    else if (field === "shape") shape = readNaturals(reader, `the shape of ${what}`);
    else if (field === "data_offsets") offsets = readNaturals(reader, `the data_offsets of ${what}`);
    else throw reader.fault(`${what} has a field ${JSON.stringify(field)}, which the format has not`);
  });
  if (typeName === undefined || !shape || !offsets) {
    throw reader.fault(`${what} lacks its dtype, shape or data_offsets`);
  }
  const dtype = dtypeOfName(typeName);
  if (!dtype) {
    throw reader.fault(`${what} is of ${JSON.stringify(typeName)}, which is no dtype of the format`);
  }
  const [begin, end] = offsets;
  if (begin === undefined || end === undefined || offsets.length !== 2 || end < begin) {
    throw reader.fault(`${what} has the data_offsets [${offsets}]`);
  }
  const length = tensorLength({ dtype, shape });
  if (length !== end - begin) {
    throw reader.fault(
      `${what} has ${end - begin} bytes, and ${typeName} of shape [${shape}] takes ${
        length ?? "no number of them"
      }`,
    );
  }
  return { name, dtype, shape, offset: dataOffset + begin, length };
}

function readNaturals(reader: JsonReader, what: string): readonly number[] {
  const numbers: number[] = [];
  reader.array(what, () => {
    if (numbers.length === MOST_DIMENSIONS) {
      throw reader.fault(`${what} has more than ${MOST_DIMENSIONS} numbers`);
    }
    numbers.push(reader.natural(what));
  });
  return numbers;
}

function checkCover(
  tensors: readonly TensorPlace[],
  dataOffset: number,
  size: number,
  fault: (detail: string) => Error,
): void {
  let end = dataOffset;
  for (const { name, offset, length } of tensors) {
    const what = `tensor ${JSON.stringify(name)} begins at byte ${offset}`;
    if (offset > end) throw fault(`${what}, and nothing is said of those from ${end} on`);
    if (offset < end) throw fault(`${what}, and those up to ${end} are another's`);
    end += length;
  }
  if (end !== size) throw fault(`its tensors end at byte ${end}, and it has ${size}`);
}
