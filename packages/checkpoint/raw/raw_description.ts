import { byteLengthOf, elementsOf } from "@lade/formats/array";
import { FormatError } from "@lade/formats/errors";
import { JsonFields } from "../json/json_fields.ts";
import { dtypeOf } from "../record/piece_bytes.ts";
import type { TensorInfo } from "../record/tensor_info.ts";

/** A tensor in a file of bare elements, little-endian and in C order, as NumPy's `tofile` writes them. */
export interface RawTensor extends TensorInfo {
  /** The file, by its name from where the description lies. */
  readonly file: string;
  /** The first byte of the tensor there; behind the one before it in the same file by default, or at the beginning. */
  readonly offset?: number;
  /** CRC-32C of its bytes: 8 hexadecimal digits. */
  readonly crc32c?: string;
}

const FORMAT = "lade-raw";
const TOP = ["format", "version", "tensors"];
const OF_TENSOR = ["name", "dtype", "shape", "file", "offset", "crc32c"];

/** The bytes of a description, as people write one. */
export function writeRawDescription(tensors: readonly RawTensor[]): Uint8Array<ArrayBuffer> {
  const lines = tensors.map((tensor) => `\n    ${JSON.stringify(tensor)}`);
  return new TextEncoder().encode(
    `{\n  "format": ${JSON.stringify(FORMAT)},\n  "version": 1,\n  "tensors": [${lines.join(",")}\n  ]\n}\n`,
  );
}

/** Reads a description. What is none, or says what is not known here, is a `FormatError` that names `uri`. */
export function readRawDescription(bytes: Uint8Array, uri: string): RawTensor[] {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new FormatError({ operation: "read", uri, detail: "it is no JSON", cause });
  }
  const fields = new JsonFields(value, uri);
  checkKnown(fields, TOP);
  fields.oneOf("format", [FORMAT]);
  if (fields.whole("version") !== 1) {
    throw fields.fault("version", "is one that this version of Lade does not read");
  }
  return fields.objects("tensors").map((tensor) => {
    checkKnown(tensor, OF_TENSOR);
    const shape = tensor.wholes("shape");
    const dtype = dtypeOf(tensor);
    const elements = elementsOf(shape);
    if (elements === undefined || byteLengthOf(dtype, elements) === undefined) {
      throw tensor.fault("shape", "takes no whole number of bytes");
    }
    const more = {
      ...(tensor.has("offset") && { offset: tensor.whole("offset") }),
      ...(tensor.has("crc32c") && { crc32c: sumOf(tensor) }),
    };
    return { name: tensor.text("name"), dtype, shape, file: tensor.text("file"), ...more };
  });
}

/** What is not known could say that the bytes mean something else. */
function checkKnown(fields: JsonFields, known: readonly string[]): void {
  for (const [name] of fields.entries()) {
    if (!known.includes(name)) throw fields.fault(name, `is none of ${known.join(", ")}`);
  }
}

function sumOf(fields: JsonFields): string {
  const sum = fields.text("crc32c");
  if (!/^[0-9a-f]{8}$/.test(sum)) throw fields.fault("crc32c", "is no CRC-32C of 8 hexadecimal digits");
  return sum;
}
