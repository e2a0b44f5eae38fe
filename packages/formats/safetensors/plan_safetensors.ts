import { compareKeys } from "@lade/core";
import { rowOfDType } from "./dtype_names.ts";
import { MOST_HEADER_BYTES } from "./parse_header.ts";
import { tensorLength, type TensorPlace, type TensorSpec } from "./tensor_place.ts";

/** Options of {@linkcode planSafetensors}. */
export interface PlanSafetensorsOptions {
  /** What the file says of itself besides, as `__metadata__`. */
  readonly metadata?: Readonly<Record<string, string>>;
  /**
   * The data begin at a multiple of so many bytes, a power of two of at least 8: the header is filled up with spaces. 4,096
   * by default where the tensors have 1 MiB or more, so that `direct://` writes and reads them where they lie; else 8.
   */
  readonly alignment?: number;
}

/** Where everything of a safetensors file lies. */
export interface SafetensorsPlan {
  /** All bytes before the data: the length of the JSON, the JSON, and spaces. */
  readonly header: Uint8Array<ArrayBuffer>;
  /** The tensors, in the order of the file. */
  readonly tensors: readonly TensorPlace[];
  /** Bytes of the whole file. */
  readonly size: number;
}

const PAGE = 4096;
const WORD = 8;
const LARGE = 2 ** 20;

/**
 * Lays out a safetensors file, and writes its header: a pure function of its arguments. The order is the format's own, by
 * dtype from the largest elements to the smallest, then by name; with `alignment: 8` the header is the one that the
 * reference implementation writes. A name that stands twice or is none, a shape that takes no whole number of bytes and a
 * dtype that the format does not have are a `TypeError`; a header of more than 100,000,000 bytes is a `RangeError`.
 */
export function planSafetensors(
  tensors: Iterable<TensorSpec>,
  { metadata, alignment }: PlanSafetensorsOptions = {},
): SafetensorsPlan {
  const rows = Array.from(tensors, rowOf).sort((a, b) =>
    b.rank - a.rank || compareKeys(a.spec.name, b.spec.name)
  );
  const fields: string[] = [];
  if (metadata) fields.push(`"__metadata__":${metadataText(metadata)}`);
  let end = 0;
  const places = rows.map(({ spec: { name, dtype, shape }, typeName, length }) => {
    const begin = end;
    end += length;
    fields.push(
      `${JSON.stringify(name)}:{"dtype":"${typeName}","shape":[${shape}],"data_offsets":[${begin},${end}]}`,
    );
    return { name, dtype, shape: [...shape], offset: begin, length };
  });
  checkNames(places);
  const header = frame(`{${fields}}`, checkAlignment(alignment ?? (end >= LARGE ? PAGE : WORD)));
  const size = header.length + end;
  if (!Number.isSafeInteger(size)) throw new RangeError("Cannot lay out safetensors: no object is so large");
  return {
    header,
    tensors: places.map((place) => ({ ...place, offset: header.length + place.offset })),
    size,
  };
}

function rowOf(spec: TensorSpec) {
  const { name, dtype, shape } = spec;
  if (typeof name !== "string" || !name.isWellFormed() || name === "__metadata__") {
    throw new TypeError(`${cannot(name)}: the format has no such name`);
  }
  const row = rowOfDType(dtype);
  if (!row) throw new TypeError(`${cannot(name)}: the format has no ${dtype}`);
  const length = tensorLength(spec);
  if (length === undefined) {
    throw new TypeError(`${cannot(name)}: ${dtype} of shape [${shape}] takes no whole number of bytes`);
  }
  return { spec, rank: row.rank, typeName: row.name, length };
}

function checkNames(places: readonly { readonly name: string }[]): void {
  const names = new Set<string>();
  for (const { name } of places) {
    if (names.has(name)) throw new TypeError(`${cannot(name)}: two tensors have this name`);
    names.add(name);
  }
}

function metadataText(metadata: Readonly<Record<string, string>>): string {
  for (const [name, value] of Object.entries(metadata)) {
    if (typeof value === "string" && value.isWellFormed() && name.isWellFormed()) continue;
    throw new TypeError(`Cannot lay out safetensors: the metadata ${JSON.stringify(name)} is no text`);
  }
  return JSON.stringify(metadata);
}

function checkAlignment(alignment: number): number {
  if (Number.isSafeInteger(Math.log2(alignment)) && alignment >= WORD && alignment <= LARGE) return alignment;
  throw new RangeError(
    `Cannot align safetensors to ${alignment}: a power of two from ${WORD} to ${LARGE} is needed`,
  );
}

function frame(json: string, alignment: number): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(json);
  const total = Math.ceil((WORD + text.length) / alignment) * alignment;
  if (total - WORD > MOST_HEADER_BYTES) {
    const limit = `the format has ${MOST_HEADER_BYTES} at most`;
    throw new RangeError(`Cannot lay out safetensors: the header takes ${total - WORD} bytes, ${limit}`);
  }
  const header = new Uint8Array(total).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(total - WORD), true);
  header.set(text, WORD);
  return header;
}

function cannot(name: string): string {
  return `Cannot lay out tensor ${JSON.stringify(name)}`;
}
