/**
 * HDF5, read by the HDF5 library itself (h5wasm, of 4 MB, which is loaded when the first file is opened). The library needs the
 * file in memory as a whole: it is for files that fit there.
 *
 * @module
 */
export * from "./hdf5_file.ts";
export type { Hdf5Type } from "./hdf5_type.ts";
export type { Hdf5Range } from "./selection.ts";
