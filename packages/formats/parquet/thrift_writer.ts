/** A field of a struct: its number, and what writes it; `undefined` leaves it out. */
export type ThriftFields = Readonly<Record<number, ThriftField | undefined>>;

/** A value with its kind. */
export type ThriftField =
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "byte" | "i32" | "i64"; readonly value: number | bigint }
  | { readonly kind: "binary"; readonly value: Uint8Array }
  | {
    readonly kind: "list";
    readonly of: "i32" | "binary" | "struct";
    readonly value: readonly ThriftField[];
  }
  | { readonly kind: "struct"; readonly value: ThriftFields };

const KINDS = { bool: 1, byte: 3, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;
const ENCODER = new TextEncoder();

/** A number of 32 bits. */
export const i32 = (value: number): ThriftField => ({ kind: "i32", value });
/** A number of 64 bits. */
export const i64 = (value: number): ThriftField => ({ kind: "i64", value });
/** A text. */
export const text = (value: string): ThriftField => ({ kind: "binary", value: ENCODER.encode(value) });
/** A struct. */
export const struct = (value: ThriftFields): ThriftField => ({ kind: "struct", value });
/** A list of values of one kind. */
export const list = (of: "i32" | "binary" | "struct", value: readonly ThriftField[]): ThriftField => ({
  kind: "list",
  of,
  value,
});

/** Writes a struct by Thrift's compact protocol; fields go in the order of their numbers. */
export function writeThriftStruct(fields: ThriftFields): Uint8Array {
  const out = new Bytes();
  writeFields(out, fields);
  return out.finish();
}

function writeFields(out: Bytes, fields: ThriftFields): void {
  let last = 0;
  // Whole numbers are the keys of an object in ascending order.
  for (const [key, field] of Object.entries(fields)) {
    if (!field) continue;
    const id = Number(key);
    // True and false are kinds of their own.
    const kind = field.kind === "bool" && !field.value ? 2 : KINDS[field.kind];
    out.byte((id - last) << 4 | kind);
    last = id;
    if (field.kind !== "bool") writeValue(out, field);
  }
  out.byte(0);
}

function writeValue(out: Bytes, field: ThriftField): void {
  switch (field.kind) {
    case "bool":
      return out.byte(field.value ? 1 : 2);
    case "byte":
      return out.byte(Number(field.value) & 0xff);
    case "i32":
    case "i64":
      return out.zigZag(field.value);
    case "binary":
      out.varint(BigInt(field.value.length));
      return out.bytes(field.value);
    case "list":
      if (field.value.length < 15) out.byte(field.value.length << 4 | KINDS[field.of]);
      else {
        out.byte(0xf0 | KINDS[field.of]);
        out.varint(BigInt(field.value.length));
      }
      for (const value of field.value) writeValue(out, value);
      return;
    case "struct":
      return writeFields(out, field.value);
  }
}

/** Bytes that grow. */
class Bytes {
  #bytes = new Uint8Array(256);
  #length = 0;

  byte(value: number): void {
    this.#room(1)[this.#length++] = value;
  }

  bytes(value: Uint8Array): void {
    this.#room(value.length).set(value, this.#length);
    this.#length += value.length;
  }

  varint(value: bigint): void {
    for (; value >= 128n; value >>= 7n) this.byte(Number(value & 127n) | 128);
    this.byte(Number(value));
  }

  zigZag(value: number | bigint): void {
    const wide = BigInt(value);
    this.varint(wide < 0n ? -wide * 2n - 1n : wide * 2n);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #room(added: number): Uint8Array {
    if (this.#length + added > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length + added, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    return this.#bytes;
  }
}
