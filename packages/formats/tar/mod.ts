/**
 * tar archives: ustar, pax and GNU, read by ranges or in order, and written.
 *
 * @module
 */
export * from "./tar_member.ts";
export * from "./scan_tar.ts";
export * from "./stream_tar.ts";
export * from "./tar_archive.ts";
export type { NewTarMember } from "./format_header.ts";
export * from "./tar_writer.ts";
