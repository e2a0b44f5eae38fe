import {
  BytesBuilder,
  type ColumnBuilder,
  ListBuilder,
  StructBuilder,
  ValuesBuilder,
} from "../table/column_builder.ts";
import type { ColumnType } from "../table/schema.ts";
import { formatType } from "../table/schema_text.ts";
import { boundsOf, floatBoundOf, storedValue } from "../table/stored_value.ts";
import { parseFloatFast } from "../text/parse_float.ts";
import { parseIntegerFast, parseIntegerText } from "../text/parse_integer.ts";
import { type JsonCursor, JsonFault } from "./json_cursor.ts";
import { ObjectReader } from "./object_reader.ts";

/** Passes a value and adds it to a column. */
export type ValueReader = (cursor: JsonCursor) => void;

/** Floats that JSON has no numbers for. */
const SPECIAL = new Map([["NaN", NaN], ["Infinity", Infinity], ["-Infinity", -Infinity]]);

/** Makes what reads the values of a column. */
export function valueReader(builder: ColumnBuilder): ValueReader {
  const { nullable, type } = builder.field;
  const read = readerOf(builder);
  return (cursor) => {
    if (!cursor.takeWord("null")) return read(cursor);
    if (!nullable) {
      throw new JsonFault(cursor.at - 4, `no value is there, and ${formatType(type)} may not be null`);
    }
    builder.appendNull();
  };
}

function readerOf(builder: ColumnBuilder): ValueReader {
  const { type } = builder.field;
  if (builder instanceof ListBuilder) return listReader(builder);
  if (builder instanceof StructBuilder) {
    const fields = new ObjectReader(
      builder.children.map((child) => ({ name: child.field.name, builder: child, read: valueReader(child) })),
      false,
    );
    return (cursor) => {
      if (cursor.peek() !== 123) throw cursor.unexpected("an object");
      fields.read(cursor);
      builder.close();
    };
  }
  if (builder instanceof BytesBuilder && type.kind === "string") return textReader(builder);
  if (builder instanceof ValuesBuilder) {
    if (type.kind.startsWith("float")) return floatReader(builder, type);
    if (type.kind === "bool") return boolReader(builder);
    if (/^u?int|^duration/.test(type.kind)) return integerReader(builder, type);
    if (type.kind === "decimal") return decimalReader(builder, type);
    if (type.kind !== "fixed-binary") return (cursor) => appendText(cursor, builder, type, (text) => text);
  }
  return (cursor) => appendText(cursor, builder, type, (text) => Uint8Array.fromBase64(text));
}

function textReader(builder: BytesBuilder): ValueReader {
  return (cursor) => {
    const from = cursor.text("a text");
    if (cursor.escaped) builder.append(cursor.textFrom(from));
    else builder.appendBytes(cursor.bytes.subarray(from, cursor.at - 1));
  };
}

function floatReader(builder: ValuesBuilder, type: ColumnType): ValueReader {
  const bound = floatBoundOf(type);
  return (cursor) => {
    if (cursor.peek() === 34) {
      const from = cursor.text("a number");
      const text = cursor.textFrom(from);
      const special = SPECIAL.get(text);
      if (special === undefined) {
        throw new JsonFault(from, `${JSON.stringify(text.slice(0, 100))} is no number`);
      }
      return builder.appendStored(special);
    }
    const number = cursor.takeNumber("a number");
    const fast = parseFloatFast(cursor.bytes, number.from, number.to);
    const value = fast === fast ? fast : Number(cursor.numberText(number));
    // What passes the type would be infinite.
    if (!(value < bound && value > -bound)) throw refused(number.from, cursor.numberText(number), type);
    builder.appendStored(value);
  };
}

function boolReader(builder: ValuesBuilder): ValueReader {
  return (cursor) => {
    if (cursor.takeWord("true")) builder.appendStored(1);
    else if (cursor.takeWord("false")) builder.appendStored(0);
    else throw cursor.unexpected("true or false");
  };
}

function integerReader(builder: ValuesBuilder, type: ColumnType): ValueReader {
  const [least, most] = boundsOf(type) ?? [NaN, NaN];
  const isWide = least !== least;
  const signed = type.kind !== "uint64";
  return (cursor) => {
    const number = cursor.takeNumber("a whole number");
    const { from, to, whole } = number;
    const value = whole ? parseIntegerFast(cursor.bytes, from, to) : NaN;
    if (!isWide && value >= least && value <= most) return builder.appendStored(value);
    if (isWide && value === value && (signed || value >= 0)) return builder.appendStored(BigInt(value));
    const wide = isWide && whole ? parseIntegerText(cursor.numberText(number), signed) : undefined;
    if (wide === undefined) throw refused(number.from, cursor.numberText(number), type);
    builder.appendStored(wide);
  };
}

function decimalReader(builder: ValuesBuilder, type: ColumnType): ValueReader {
  return (cursor) => {
    if (cursor.peek() === 34) return appendText(cursor, builder, type, (text) => text);
    const number = cursor.takeNumber("a number");
    const text = cursor.numberText(number);
    if (storedValue(type, text) === undefined) throw refused(number.from, text, type);
    builder.append(text);
  };
}

function appendText(
  cursor: JsonCursor,
  builder: ColumnBuilder,
  type: ColumnType,
  convert: (text: string) => unknown,
): void {
  const from = cursor.text(`a text of ${formatType(type)}`);
  const text = cursor.textFrom(from);
  try {
    builder.append(convert(text));
  } catch {
    throw refused(from, text, type);
  }
}

function listReader(builder: ListBuilder): ValueReader {
  const read = valueReader(builder.items);
  const { type } = builder.field;
  const size = type.kind === "list" ? type.size : undefined;
  return (cursor) => {
    if (cursor.peek() !== 91) throw cursor.unexpected("an array");
    const { at } = cursor;
    const before = builder.items.length;
    cursor.items(() => read(cursor));
    const items = builder.items.length - before;
    if (size !== undefined && items !== size) {
      throw new JsonFault(at, `${items} items are there, and not ${size}`);
    }
    builder.close();
  };
}

function refused(at: number, text: string, type: ColumnType): JsonFault {
  return new JsonFault(at, `${JSON.stringify(text.slice(0, 100))} is no ${formatType(type)}`);
}
