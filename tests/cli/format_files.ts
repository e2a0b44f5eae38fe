import { loadFormat } from "@lade/formats/formats";
import { BatchBuilder, type Schema } from "@lade/formats/table";
import type { Lade } from "@lade/lade";

/** Bytes of a text of which each character is a byte. */
export function latin(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** A safetensors file of these tensors, each with its dtype, shape and bytes. */
export function safetensorsFile(
  tensors: readonly (readonly [name: string, dtype: string, shape: readonly number[], data: Uint8Array])[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  let at = 0;
  const entries = tensors.map(([name, dtype, shape, data]) =>
    [name, { dtype, shape, data_offsets: [at, at += data.length] }] as const
  );
  const header = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
  const padded = new TextEncoder().encode(header.padEnd(Math.ceil(header.length / 8) * 8));
  const file = new Uint8Array(8 + padded.length + at);
  new DataView(file.buffer).setBigUint64(0, BigInt(padded.length), true);
  file.set(padded, 8);
  at = 8 + padded.length;
  for (const [, , , data] of tensors) {
    file.set(data, at);
    at += data.length;
  }
  return file;
}

/** `np.save` of `np.arange(6, dtype="<f4").reshape(2, 3)`. */
export const NPY: Uint8Array<ArrayBuffer> = new Uint8Array([
  ...latin(
    "\x93NUMPY\x01\x00\x76\x00{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".padEnd(127) + "\n",
  ),
  ...new Uint8Array(new Float32Array([0, 1, 2, 3, 4, 5]).buffer),
]);

/** Two records of TFRecord, `a` and nothing. */
export const TFRECORD: Uint8Array<ArrayBuffer> = Uint8Array.fromHex(
  "01000000000000000175de41" + "61" + "786ee428" + "0000000000000000" + "29039807" + "d8ea82a2",
);

const SCHEMA: Schema = {
  fields: [
    { name: "id", type: { kind: "int64" }, nullable: false },
    { name: "text", type: { kind: "string" }, nullable: true },
    { name: "x", type: { kind: "float32" }, nullable: false },
  ],
};

/** Puts a table of so many rows as Arrow: numbers, texts of which some are missing, and floats. */
export async function putTable(
  { lade }: { readonly lade: Lade },
  uri: string,
  rows: number,
): Promise<void> {
  const { store, key } = await lade.locate(uri);
  const format = await loadFormat("arrow");
  await using writer = await format.createTable?.(store, key, { schema: SCHEMA });
  const builder = new BatchBuilder(SCHEMA);
  for (let row = 0; row < rows; row++) {
    builder.append([BigInt(row), row % 3 === 0 ? null : `row ${row}`, row / 4]);
  }
  await writer?.write(builder.finish());
  await writer?.close();
}
