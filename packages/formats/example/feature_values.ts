import type { Column } from "../table/column.ts";
import { GrowingBytes } from "../table/growing_bytes.ts";
import { GrowingValues } from "../table/growing_values.ts";
import type { ColumnType } from "../table/schema.ts";
import { boundsOf } from "../table/stored_value.ts";
import { formatType } from "../table/schema_text.ts";
import { valueLayoutOf } from "../table/value_layout.ts";
import type { FeatureKind, ValueSink } from "./walk_feature.ts";
import { WireFault, type WireReader } from "./wire_reader.ts";

/** Gathers the values of features as a column has them. */
export abstract class FeatureValues implements ValueSink {
  /** What it takes, in words. */
  abstract readonly kind: string;
  /** Adds a value of no meaning, where a row has none. */
  abstract addBlank(): void;
  /** What was gathered. It is empty again afterwards. */
  abstract finish(): Pick<Column, "values" | "offsets">;

  bytes(_reader: WireReader, start: number, _end: number): void {
    throw this.#other("bytes", start);
  }

  floats(_reader: WireReader, start: number, _count: number): void {
    throw this.#other("floats", start);
  }

  ints(reader: WireReader, _end: number): number {
    throw this.#other("ints", reader.at);
  }

  #other(kind: FeatureKind, at: number): WireFault {
    return new WireFault(`it holds ${kind}, and ${this.kind} are expected`, at);
  }
}

/** The least and the most of kinds that have no bounds of their own, as whole numbers of a feature. */
const BOUNDS: Readonly<Record<string, readonly [number, number]>> = {
  bool: [0, 1],
  float64: [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
};

function wholeBoundsOf(type: ColumnType): readonly [number, number] | undefined {
  return boundsOf(type) ?? (Object.hasOwn(BOUNDS, type.kind) ? BOUNDS[type.kind] : undefined);
}

/** Starts the values of a type; `undefined` for one that no feature's values are. */
export function featureValues(type: ColumnType): FeatureValues | undefined {
  const { kind: to } = type;
  if (to === "float32") return new FloatValues();
  if (to === "float64") return new NumberValues(type);
  if (to === "int64") return new WideIntValues();
  if (wholeBoundsOf(type)) return new IntValues(type);
  if (to === "binary" || to === "string") return new BytesValues(to === "string");
  return to === "fixed-binary" ? new FixedValues(type.size) : undefined;
}

class FloatValues extends FeatureValues {
  readonly kind = "floats";
  readonly #values = new GrowingValues(Float32Array);

  override floats({ bytes }: WireReader, start: number, count: number): void {
    const { values, at } = this.#values.add(count);
    // The bytes may lie anywhere; those of the column lie where a float does.
    const place = new Uint8Array(values.buffer, values.byteOffset + at * 4, count * 4);
    if (count > 8) return place.set(bytes.subarray(start, start + count * 4));
    for (let index = 0; index < place.length; index++) place[index] = bytes[start + index] as number;
  }

  addBlank(): void {
    this.#values.push(0);
  }

  finish(): Pick<Column, "values"> {
    return { values: this.#values.finish() };
  }
}

class WideIntValues extends FeatureValues {
  readonly kind = "ints";
  readonly #values = new GrowingValues(BigInt64Array);

  override ints(reader: WireReader, end: number): number {
    const count = countVarints(reader.bytes, reader.at, end);
    const { values, at } = this.#values.add(count);
    // Two halves of a number, rather than a bigint for each.
    const halves = new Uint32Array(values.buffer, values.byteOffset + at * 8, count * 2);
    for (let index = 0; index < halves.length; index += 2) {
      reader.varint(end);
      halves[index] = reader.low;
      halves[index + 1] = reader.high;
    }
    checkEnd(reader, end);
    return count;
  }

  addBlank(): void {
    this.#values.push(0n);
  }

  finish(): Pick<Column, "values"> {
    return { values: this.#values.finish() };
  }
}

class IntValues extends FeatureValues {
  readonly kind: string = "ints";
  protected readonly values: GrowingValues;
  readonly #type: ColumnType;

  constructor(type: ColumnType) {
    super();
    this.#type = type;
    this.values = new GrowingValues(valueLayoutOf(type)?.Values ?? Float64Array);
  }

  override ints(reader: WireReader, end: number): number {
    const count = countVarints(reader.bytes, reader.at, end);
    const { values, at } = this.values.add(count);
    const [least = 0, most = 0] = wholeBoundsOf(this.#type) ?? [];
    for (let index = 0; index < count; index++) {
      const start = reader.at;
      reader.varint(end);
      const value = (reader.high | 0) * 2 ** 32 + reader.low;
      if (value < least || value > most) {
        throw new WireFault(`${formatType(this.#type)} cannot hold ${exact(reader)}`, start);
      }
      values[at + index] = value;
    }
    checkEnd(reader, end);
    return count;
  }

  addBlank(): void {
    this.values.push(0);
  }

  finish(): Pick<Column, "values"> {
    return { values: this.values.finish() };
  }
}

/** Numbers of 64 bits with a fraction: floats, and whole numbers where they are exact. */
class NumberValues extends IntValues {
  override readonly kind = "numbers";

  override floats({ bytes }: WireReader, start: number, count: number): void {
    const { values, at } = this.values.add(count);
    const view = new DataView(bytes.buffer, bytes.byteOffset + start, count * 4);
    for (let index = 0; index < count; index++) values[at + index] = view.getFloat32(index * 4, true);
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true });

class BytesValues extends FeatureValues {
  readonly kind = "bytes";
  readonly #values = new GrowingBytes();
  readonly #isText: boolean;

  constructor(isText: boolean) {
    super();
    this.#isText = isText;
  }

  override bytes({ bytes }: WireReader, start: number, end: number): void {
    const value = bytes.subarray(start, end);
    if (this.#isText) checkText(value, start);
    this.#values.add(value);
  }

  addBlank(): void {
    this.#values.add(new Uint8Array(0));
  }

  finish(): Pick<Column, "values" | "offsets"> {
    return this.#values.finish();
  }
}

class FixedValues extends FeatureValues {
  readonly kind = "bytes";
  readonly #values = new GrowingValues(Uint8Array);
  readonly #size: number;

  constructor(size: number) {
    super();
    this.#size = size;
  }

  override bytes({ bytes }: WireReader, start: number, end: number): void {
    if (end - start !== this.#size) {
      throw new WireFault(`it has ${end - start} bytes, and ${this.#size} are expected`, start);
    }
    this.#values.pushAll(bytes.subarray(start, end));
  }

  addBlank(): void {
    this.#values.add(this.#size);
  }

  finish(): Pick<Column, "values"> {
    return { values: this.#values.finish() };
  }
}

function checkText(bytes: Uint8Array, at: number): void {
  try {
    UTF8.decode(bytes);
  } catch {
    throw new WireFault("it is text that is no UTF-8", at);
  }
}

/** How many numbers lie one after the other: each ends with a byte whose highest bit is not set. */
function countVarints(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) count += 1 - ((bytes[at] as number) >> 7);
  return count;
}

/** Bytes behind the last number are the begin of one that does not end. */
function checkEnd(reader: WireReader, end: number): void {
  if (reader.at !== end) throw new WireFault("a number passes the end of its message", reader.at);
}

function exact({ low, high }: WireReader): bigint {
  return BigInt.asIntN(64, BigInt(high) << 32n | BigInt(low));
}
