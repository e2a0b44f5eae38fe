/**
 * Arrays of numbers with a shape, as npy, safetensors, Zarr and HDF5 have them.
 *
 * @module
 */
export * from "./dtype.ts";
export * from "./nd_array.ts";
export * from "./c_order.ts";
