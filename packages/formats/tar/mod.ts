/**
 * tar archives: ustar, pax and GNU, read by ranges or in order, and written.
 *
 * @module
 */
export type { TarMember, TarMemberType } from "./tar_member.ts";
export { scanTar } from "./scan_tar.ts";
export { streamTar, type TarEntry } from "./stream_tar.ts";
export * from "./tar_archive.ts";
export type { NewTarMember } from "./format_header.ts";
export * from "./tar_writer.ts";
