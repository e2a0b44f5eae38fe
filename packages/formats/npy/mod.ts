/**
 * NumPy's npy files: one array of numbers, texts, times or structured elements, read whole, into place or by rows, and
 * written at once or as its rows come.
 *
 * @module
 */
export * from "./npy_type.ts";
export { isNpyDType } from "./describe_type.ts";
export type { NpyHeader, NpyHeaderOptions } from "./npy_header.ts";
export * from "./npy_file.ts";
export * from "./read_npy.ts";
export { type NpyShape, NpyWriter, type WrittenNpy } from "./npy_writer.ts";
export * from "./write_npy.ts";
export * from "./texts.ts";
export * from "./fields.ts";
