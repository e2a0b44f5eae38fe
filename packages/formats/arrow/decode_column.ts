import { UnsupportedError } from "@lade/core/errors";
import { type DType, layoutOf, type NumericArray } from "../array/dtype.ts";
import type { Column } from "../table/column.ts";
import type { Storage } from "./arrow_field.ts";
import type { BatchBody } from "./batch_body.ts";
import type { BatchHeader } from "./batch_header.ts";
import { type FieldPlace, placesBelow } from "./batch_layout.ts";
import { decodeViews } from "./decode_views.ts";
import { narrowOffsets } from "./narrow_offsets.ts";
import { sliceColumn } from "../table/slice_rows.ts";
import { takeRows } from "./take_rows.ts";
import { fixedOf } from "./widen.ts";
import { countBits, unpackBits } from "../table/bits.ts";
import { isText } from "../table/check_text.ts";
import { findLongDecimal } from "../table/decimal.ts";
import { hasValue } from "../table/validity.ts";

const NO_TEXT = "has text that is no UTF-8";

/** What columns are decoded from. */
export interface DecodeContext {
  /** What errors name. */
  readonly uri: string;
  /** What the batch says. */
  readonly header: BatchHeader;
  /** Its buffers. */
  readonly body: BatchBody;
  /** The values of the dictionary that a field has. */
  readonly dictionary: (field: FieldPlace["field"]) => Column;
}

/** What a column below needs of those above it. */
interface Above {
  /** Names it in errors. */
  readonly path: string;
  /** Whether one of them has rows without a value, where what is below is arbitrary. */
  readonly masked: boolean;
}

const BITS: Column["field"] = { name: "", type: { kind: "bool" }, nullable: true };

/** Rows of nothing, at most: no byte of the file stands for them. */
const MOST_EMPTY = 2 ** 24;

/**
 * Decodes some rows of a column that has `rows`. No more than these is taken out of a dictionary, whose values may be many
 * times what the batch has.
 */
export function decodeRows(
  place: Omit<FieldPlace, "end">,
  rows: number,
  cut: { readonly from: number; readonly to: number },
  context: DecodeContext,
): Column {
  const isAll = cut.from === 0 && cut.to === rows;
  if (isAll || place.field.dictionary) return decodeColumn(place, rows, context, undefined, cut);
  return sliceColumn(decodeColumn(place, rows, context), cut.from, cut.to);
}

/** Decodes a column of `rows` rows, and checks all that its type promises. Of a dictionary it has those of `cut`. */
export function decodeColumn(
  place: Omit<FieldPlace, "end">,
  rows: number,
  context: DecodeContext,
  above?: Above,
  cut: { readonly from: number; readonly to: number } = { from: 0, to: rows },
): Column {
  const { field: { field, dictionary, storage } } = place;
  const { header } = context;
  const path = above ? `${above.path}.${field.name}` : field.name;
  const { length, nulls } = header.nodes[place.start.node] ?? { length: -1, nulls: 0 };
  const fault = (detail: string) => header.fault(`column "${path}" ${detail}`);
  if (length !== rows) throw fault(`has ${length} rows, and ${rows} are due`);
  if (storage.kind === "null" && !dictionary) return emptyColumn(field, rows, nulls, fault);
  const validity = readValidity(place, rows, nulls, context);
  if (nulls > 0 && !field.nullable && !above?.masked) {
    throw fault(`has ${nulls} rows without a value, and may have none`);
  }
  const base = { field, length: rows, ...(validity && field.nullable && { validity }) };
  if (dictionary) {
    const indices = plain(place, dictionary.index, rows, context);
    // What has a value is told by bits, whatever the column's type is.
    const bits: Column = { field: BITS, length: rows, ...(validity && { validity }) };
    const { validity: wanted } = sliceColumn(bits, cut.from, cut.to);
    const { validity: present, ...taken } = takeRows(
      context.dictionary(place.field),
      { field, length: cut.to - cut.from, ...(wanted && { validity: wanted }) },
      indices.subarray(cut.from, cut.to),
      fault,
    );
    if (present && !field.nullable && !above?.masked) {
      throw fault("has rows without a value, and may have none");
    }
    return { ...taken, ...(present && field.nullable && { validity: present }) };
  }
  const below = { path, masked: nulls > 0 || (above?.masked ?? false) };
  const values = decodeValues(place, storage, rows, context, below, base);
  // What lies below a row without a value may be anything.
  if (field.type.kind === "decimal" && !above?.masked) {
    const row = findLongDecimal(
      values.values as Uint8Array,
      field.type.precision,
      (row) => hasValue({ ...base, ...(validity && { validity }) }, row),
    );
    if (row >= 0) throw fault(`has a decimal of more than ${field.type.precision} digits in row ${row}`);
  }
  return { ...base, ...values };
}

type Values = Pick<Column, "values" | "offsets" | "children">;

function decodeValues(
  place: Omit<FieldPlace, "end">,
  storage: Storage,
  rows: number,
  context: DecodeContext,
  below: Above,
  base: Column,
): Values {
  const { body, header, uri } = context;
  const buffer = place.start.buffer + 1;
  const fault = (detail: string) => header.fault(`column "${below.path}" ${detail}`);
  switch (storage.kind) {
    case "plain":
      return { values: plain(place, storage.dtype, rows, context) };
    case "bits":
      return { values: unpackBits(body.buffer(buffer, (rows + 7) >> 3), rows) };
    case "fixed":
      return { values: body.buffer(buffer, rows * storage.bytes).subarray(0, rows * storage.bytes) };
    case "time32":
    case "date64":
    case "decimal": {
      const bytes = storage.kind === "time32" ? 4 : storage.kind === "date64" ? 8 : storage.bytes;
      return { values: fixedOf(storage, body.buffer(buffer, rows * bytes), base, fault) };
    }
    case "bytes": {
      const { offsets, first, last } = readOffsets(buffer, storage.wide, rows, context, below.path);
      const values = body.buffer(buffer + 1, last).subarray(first, last);
      if (base.field.type.kind === "string" && !isText(values, offsets)) throw fault(NO_TEXT);
      return { offsets, values };
    }
    case "views": {
      const count = header.views[place.start.view] ?? 0;
      const views = body.buffer(buffer, rows * 16);
      const data = Array.from({ length: count }, (_, index) => buffer + 1 + index);
      const { offsets, values } = decodeViews(views, data, base, { body, fault, uri, path: below.path });
      if (base.field.type.kind === "string" && !isText(values, offsets)) throw fault(NO_TEXT);
      return { offsets, values };
    }
    case "list": {
      const { offsets, first, last } = readOffsets(buffer, storage.wide, rows, context, below.path);
      return { offsets, children: [items(place, first, last, context, below)] };
    }
    case "fixed-list":
      return { children: childrenOf(place, rows * storage.size, context, below) };
    case "struct":
      return { children: childrenOf(place, rows, context, below) };
    case "null":
      throw new TypeError("a column of nothing has no values");
  }
}

function childrenOf(
  place: Omit<FieldPlace, "end">,
  rows: number,
  context: DecodeContext,
  above: Above,
): Column[] {
  return placesBelow(place, context.header).map((child) => decodeColumn(child, rows, context, above));
}

/** The items of lists, of which there may be more than the lists have. */
function items(
  place: Omit<FieldPlace, "end">,
  first: number,
  last: number,
  context: DecodeContext,
  above: Above,
): Column {
  const [child] = placesBelow(place, context.header);
  if (!child) throw new TypeError("a list has items");
  const { length } = context.header.nodes[child.start.node] ?? { length: 0 };
  if (length < last) {
    throw context.header.fault(`column "${above.path}" has ${length} items, and its offsets end at ${last}`);
  }
  const all = decodeColumn(child, length, context, above);
  return first === 0 && last === length ? all : sliceColumn(all, first, last);
}

function readOffsets(
  buffer: number,
  wide: boolean,
  rows: number,
  { body, header, uri }: DecodeContext,
  path: string,
) {
  // Of no rows, some write no offset at all.
  const size = rows === 0 ? 0 : (rows + 1) * (wide ? 8 : 4);
  const bytes = body.buffer(buffer, size);
  const found = narrowOffsets(view(bytes, rows === 0 ? 0 : rows + 1, wide ? "int64" : "int32"), wide);
  if (typeof found !== "string") return found;
  if (found === "large") {
    const detail = `column "${path}" has more than 2 GiB in one batch; write batches of fewer rows`;
    throw new UnsupportedError({ operation: "read arrow", uri, detail });
  }
  throw header.fault(`column "${path}" has offsets that ${found}`);
}

/** Numbers as they lie, copied only where they are not aligned. */
function plain(
  place: Omit<FieldPlace, "end">,
  dtype: DType,
  rows: number,
  { body }: DecodeContext,
): NumericArray {
  const bytes = body.buffer(place.start.buffer + 1, rows * layoutOf(dtype).bits / 8);
  return view(bytes, rows, dtype);
}

function view(bytes: Uint8Array, rows: number, dtype: DType): NumericArray {
  const { bits, view } = layoutOf(dtype);
  const size = bits / 8;
  const aligned = bytes.byteOffset % size === 0 ? bytes : bytes.slice(0, rows * size);
  return view(aligned.buffer, aligned.byteOffset, rows * size);
}

function readValidity(
  { start: { buffer } }: Omit<FieldPlace, "end">,
  rows: number,
  nulls: number,
  { body, header }: DecodeContext,
): Uint8Array | undefined {
  const size = (rows + 7) >> 3;
  const bits = body.buffer(buffer, nulls === 0 ? 0 : size, size);
  if (nulls === 0 && bits.length === 0) return undefined;
  const set = bits.length < size ? -1 : countBits(bits, rows);
  if (set !== rows - nulls) {
    throw header.fault(`its buffer ${buffer} tells ${set} rows with a value, and ${rows - nulls} are due`);
  }
  return nulls === 0 ? undefined : bits.subarray(0, size);
}

function emptyColumn(
  field: Column["field"],
  rows: number,
  nulls: number,
  fault: (detail: string) => Error,
): Column {
  if (nulls !== rows && nulls !== 0) throw fault(`is of nothing, and ${rows - nulls} rows have a value`);
  if (rows > MOST_EMPTY) throw fault(`is of nothing, and has ${rows} rows`);
  return { field, length: rows, validity: new Uint8Array((rows + 7) >> 3), values: new Uint8Array(rows) };
}
