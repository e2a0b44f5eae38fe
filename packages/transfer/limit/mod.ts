/**
 * Bandwidth: how fast the bytes of all transfers of a process may go, by a timetable.
 *
 * @module
 */
export * from "./bandwidth_limit.ts";
export type * from "./bandwidth_timetable.ts";
export * from "./parse_bandwidth.ts";
export * from "./slow_chunks.ts";
