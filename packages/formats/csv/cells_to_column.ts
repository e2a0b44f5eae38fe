import type { NumericArray } from "../array/dtype.ts";
import type { Column } from "../table/column.ts";
import { parseTimestamp, UNITS_PER_SECOND } from "../table/date_text.ts";
import { writeInt128 } from "../table/decimal.ts";
import type { ColumnType, Field } from "../table/schema.ts";
import { formatType } from "../table/schema_text.ts";
import { boundsOf, floatBoundOf, storedValue } from "../table/stored_value.ts";
import { ValidityBuilder } from "../table/validity.ts";
import { valueLayoutOf } from "../table/value_layout.ts";
import { parseFloatFast, parseFloatText } from "../text/parse_float.ts";
import { parseIntegerFast, parseIntegerText } from "../text/parse_integer.ts";
import { type Moment, parseDateFast, parseMomentFast } from "../text/parse_moment.ts";
import { BARE, type CellBlock, CellFault } from "./cell_block.ts";
import type { CellColumn } from "./cell_column.ts";
import { bytesOfCells, cellText } from "./text_cells.ts";

const TRUE = [116, 114, 117, 101];
const FALSE = [102, 97, 108, 115, 101];

/** Sets row `row` of a column from `bytes[from, to)`; `false` where they are no value of the type. */
type SetCell = (row: number, bytes: Uint8Array, from: number, to: number) => boolean;

/**
 * The cells of a column of a block's rows from `first` up to before `last` as values. One that is none of the type is a
 * {@linkcode CellFault}. Numbers are read from the bytes, without a string for each.
 */
export function cellsToColumn(block: CellBlock, column: CellColumn, first: number, last: number): Column {
  const { field, place, nulls } = column;
  const { type } = field;
  const length = last - first;
  const validity = new ValidityBuilder();
  if (type.kind === "string") {
    const bytes = bytesOfCells(block, column, first, last, validity);
    const bits = validity.finish();
    return { field, length, ...(bits && { validity: bits }), ...bytes };
  }
  const layout = valueLayoutOf(type);
  if (!layout) {
    throw new TypeError(`column "${field.name}" of ${formatType(type)} cannot be in a text of cells`);
  }
  const values = new layout.Values(length * layout.width);
  const set = setterOf(type, values);
  const { bytes, starts, ends, columns } = block;
  let valid = 0;
  for (let row = first, cell = first * columns + place; row < last; row++, cell += columns) {
    const from = starts[cell] ?? 0;
    const to = ends[cell] ?? 0;
    if (nulls.has(bytes, from, to)) {
      if (!field.nullable) throw new CellFault(from, "no value is there, and it may not be null", place);
      validity.addValues(valid);
      validity.addNulls(1);
      valid = 0;
      continue;
    }
    if (!set(row - first, bytes, from, to)) setTrimmed(block, cell, field, set, row - first, place);
    valid++;
  }
  validity.addValues(valid);
  const bits = validity.finish();
  return { field, length, ...(bits && { validity: bits }), values };
}

/** Tries a cell without the spaces around it. */
function setTrimmed(
  block: CellBlock,
  cell: number,
  { type }: Field,
  set: SetCell,
  row: number,
  place: number,
): void {
  const { bytes, starts, ends, kinds } = block;
  let from = starts[cell] ?? 0;
  let to = ends[cell] ?? 0;
  const isSpace = (byte: number | undefined) => byte === 32 || byte === 9;
  while (from < to && isSpace(bytes[from])) from++;
  while (from < to && isSpace(bytes[to - 1])) to--;
  const trimmed = kinds[cell] === BARE && (from !== starts[cell] || to !== ends[cell]);
  if (trimmed && set(row, bytes, from, to)) return;
  const text = JSON.stringify(cellText(bytes, from, Math.min(to, from + 100)));
  throw new CellFault(from, `${text} is no ${formatType(type)}`, place);
}

function setterOf(type: ColumnType, values: NumericArray): SetCell {
  switch (type.kind) {
    case "float16":
    case "float32":
    case "float64":
      return floats(values as Float64Array, floatBoundOf(type));
    case "int64":
    case "uint64":
    case "duration":
      return wideIntegers(values as BigInt64Array, type.kind !== "uint64");
    case "bool":
      return booleans(values as Uint8Array);
    case "date":
      return dates(values as Int32Array);
    case "timestamp":
      return timestamps(values as BigInt64Array, type);
    case "time":
      return (row, bytes, from, to) => {
        const count = storedValue(type, cellText(bytes, from, to));
        if (count !== undefined) values[row] = count as never;
        return count !== undefined;
      };
    case "decimal":
      return (row, bytes, from, to) => {
        const whole = storedValue(type, cellText(bytes, from, to));
        if (whole !== undefined) writeInt128(values as Uint8Array, row * 16, BigInt(whole));
        return whole !== undefined;
      };
    default: {
      const bounds = boundsOf(type);
      if (!bounds) throw new TypeError(`${formatType(type)} cannot be in a text of cells`);
      return integers(values as Int32Array, ...bounds);
    }
  }
}

function floats(values: Float64Array, bound: number): SetCell {
  return (row, bytes, from, to) => {
    const value = parseFloatFast(bytes, from, to);
    if (value === value) {
      values[row] = value;
      return value < bound && value > -bound;
    }
    const slow = parseFloatText(cellText(bytes, from, to));
    if (slow === undefined) return false;
    values[row] = slow;
    return !Number.isFinite(slow) || Math.abs(slow) < bound;
  };
}

function integers(values: Int32Array, least: number, most: number): SetCell {
  return (row, bytes, from, to) => {
    let value = parseIntegerFast(bytes, from, to);
    if (value !== value) value = Number(parseIntegerText(cellText(bytes, from, to), true) ?? NaN);
    values[row] = value;
    return value >= least && value <= most;
  };
}

function wideIntegers(values: BigInt64Array, signed: boolean): SetCell {
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  return (row, bytes, from, to) => {
    const value = parseIntegerFast(bytes, from, to);
    if (value === value && (signed || value >= 0)) {
      words[row * 2] = value;
      words[row * 2 + 1] = Math.floor(value / 2 ** 32);
      return true;
    }
    const slow = parseIntegerText(cellText(bytes, from, to), signed);
    if (slow !== undefined) values[row] = slow;
    return slow !== undefined;
  };
}

function booleans(values: Uint8Array): SetCell {
  return (row, bytes, from, to) => {
    const length = to - from;
    if (length === 1 && (bytes[from] === 48 || bytes[from] === 49)) {
      values[row] = (bytes[from] ?? 48) - 48;
      return true;
    }
    const truth = isWord(bytes, from, length, TRUE);
    values[row] = truth ? 1 : 0;
    return truth || isWord(bytes, from, length, FALSE);
  };
}

function isWord(bytes: Uint8Array, from: number, length: number, word: readonly number[]): boolean {
  if (length !== word.length) return false;
  for (let at = 0; at < length; at++) if (((bytes[from + at] ?? 0) | 32) !== word[at]) return false;
  return true;
}

function dates(values: Int32Array): SetCell {
  return (row, bytes, from, to) => {
    const days = to - from === 10 ? parseDateFast(bytes, from) : NaN;
    const found = days === days ? days : storedValue({ kind: "date" }, cellText(bytes, from, to));
    if (typeof found === "number") values[row] = found;
    return found !== undefined;
  };
}

function timestamps(values: BigInt64Array, type: ColumnType & { readonly kind: "timestamp" }): SetCell {
  const perSecond = UNITS_PER_SECOND[type.unit];
  const nanoseconds = 1e9 / perSecond;
  const zoned = type.zone !== undefined;
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  const moment: Moment = { seconds: 0, nanoseconds: 0, zoned: false };
  return (row, bytes, from, to) => {
    if (parseMomentFast(bytes, from, to, moment) && moment.zoned === zoned) {
      if (moment.nanoseconds % nanoseconds !== 0) return false;
      const fraction = moment.nanoseconds / nanoseconds;
      const count = moment.seconds * perSecond + fraction;
      if (Number.isSafeInteger(count)) {
        words[row * 2] = count;
        words[row * 2 + 1] = Math.floor(count / 2 ** 32);
        return true;
      }
    }
    const slow = parseTimestamp(cellText(bytes, from, to), type.unit);
    if (slow?.zoned !== zoned) return false;
    values[row] = slow.count;
    return true;
  };
}
