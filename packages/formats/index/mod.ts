/**
 * Indexes beside objects, by which records and samples are read by number.
 *
 * @module
 */
export * from "./index_object.ts";
