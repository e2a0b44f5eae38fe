import type { PiecedColumn } from "@lade/formats/arrow";
import { type Field, ValidityBuilder } from "@lade/formats/table";

/** The largest offset that Arrow's columns of bytes have. */
const MOST = 2 ** 31 - 1;

/**
 * A column of bytes, one value for each row or none, where they lie. More than 2 GiB of them are a `TypeError`.
 */
export function bytesColumn(field: Field, values: readonly (Uint8Array | undefined)[]): PiecedColumn {
  const offsets = new Int32Array(values.length + 1);
  const validity = new ValidityBuilder();
  const pieces: Uint8Array[] = [];
  let end = 0;
  values.forEach((value, row) => {
    if (value === undefined) validity.addNulls(1);
    else validity.addValues(1);
    if (value && value.length > 0) pieces.push(value);
    end += value?.length ?? 0;
    if (end > MOST) {
      throw new TypeError(
        `Cannot make a column ${
          JSON.stringify(field.name)
        } of more than 2 GiB: batches of fewer samples are needed`,
      );
    }
    offsets[row + 1] = end;
  });
  const bits = validity.finish();
  return { field, length: values.length, offsets, pieces, ...(bits && { validity: bits }) };
}

/** A column of texts. */
export function textColumn(field: Field, values: readonly string[]): PiecedColumn {
  const encoder = new TextEncoder();
  return bytesColumn(field, values.map((value) => encoder.encode(value)));
}
