import type { ObjectStore } from "@lade/core";
import { openSource, type OpenSourceOptions } from "../source/open_source.ts";
import { NpyFile, type NpyReadOptions } from "./npy_file.ts";
import type { NpyHeader, NpyHeaderOptions } from "./npy_header.ts";
import type { NpyArray } from "./npy_type.ts";

/** Options of {@linkcode openNpy}. */
export interface OpenNpyOptions extends NpyHeaderOptions, Omit<OpenSourceOptions, "at"> {}

/** Options of {@linkcode readNpy}. */
export interface ReadNpyOptions extends OpenNpyOptions, NpyReadOptions {
  /** The rows wanted, from `from` up to before `to`; the whole array by default. */
  readonly rows?: { readonly from?: number; readonly to?: number };
  /** The CRC-32C that the whole file has to have, in base64. With `rows` it is a `TypeError`: it is of all bytes. */
  readonly crc32c?: string;
}

/**
 * Opens an npy file, by one request where the header lies in its first 64 KiB. One that is compressed with zstd is
 * decompressed into memory, up to `maxSize` bytes.
 */
export async function openNpy(
  store: ObjectStore,
  key: string,
  options: OpenNpyOptions = {},
): Promise<NpyFile> {
  const { maxHeader, ...rest } = options;
  const source = await openSource(store, key, rest);
  const { signal } = options;
  return await NpyFile.open(source, {
    ...(signal && { signal }),
    ...(maxHeader !== undefined && { maxHeader }),
  });
}

/** Reads what the header of an npy file says. */
export async function readNpyHeader(
  store: ObjectStore,
  key: string,
  options: OpenNpyOptions = {},
): Promise<NpyHeader> {
  return (await openNpy(store, key, options)).header;
}

/**
 * Reads an array of an npy file, or rows of it, straight into place: the header and the elements wanted are two requests at
 * most. Elements come in the machine's byte order; Fortran order stays as it is, and is told. Arrays of Python objects are
 * refused: nothing is ever unpickled.
 */
export async function readNpy(
  store: ObjectStore,
  key: string,
  options: ReadNpyOptions = {},
): Promise<NpyArray> {
  const { rows, into, crc32c, ...open } = options;
  if (rows && crc32c !== undefined) {
    throw new TypeError(
      "Cannot compare the CRC-32C of a whole npy file with rows of it: leave out one of them",
    );
  }
  const file = await openNpy(store, key, open);
  const { signal } = options;
  const read = { ...(signal && { signal }), ...(into && { into }) };
  if (rows) return await file.readRows(rows.from ?? 0, rows.to ?? file.rows, read);
  return await file.read({ ...read, ...(crc32c !== undefined && { crc32c }) });
}
