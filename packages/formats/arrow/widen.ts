import type { NumericArray } from "../array/dtype.ts";
import type { Column } from "../table/column.ts";
import { hasValue } from "../table/validity.ts";
import type { Storage } from "./arrow_field.ts";

const DAY_MS = 86_400_000n;
const MOST_DAYS = 2n ** 31n;

/** Numbers of other sizes than a column has: those of 32 bits as 64, decimals of 32 or 64 bits as 128, milliseconds as days. */
export function fixedOf(
  storage: Extract<Storage, { kind: "time32" | "date64" | "decimal" }>,
  bytes: Uint8Array,
  column: Column,
  fault: (detail: string) => Error,
): NumericArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { length } = column;
  if (storage.kind === "time32") {
    const wide = new BigInt64Array(length);
    for (let row = 0; row < length; row++) wide[row] = BigInt(view.getInt32(row * 4, true));
    return wide;
  }
  if (storage.kind === "decimal") {
    const wide = new BigInt64Array(length * 2);
    for (let row = 0; row < length; row++) {
      const value = storage.bytes === 8
        ? view.getBigInt64(row * 8, true)
        : BigInt(view.getInt32(row * 4, true));
      wide[row * 2] = value;
      wide[row * 2 + 1] = value < 0n ? -1n : 0n;
    }
    return new Uint8Array(wide.buffer);
  }
  const days = new Int32Array(length);
  for (let row = 0; row < length; row++) {
    const value = view.getBigInt64(row * 8, true);
    const day = value / DAY_MS;
    if (day * DAY_MS === value && day >= -MOST_DAYS && day < MOST_DAYS) days[row] = Number(day);
    else if (hasValue(column, row)) throw fault(`has ${value} ms in row ${row}, which is no date`);
  }
  return days;
}
