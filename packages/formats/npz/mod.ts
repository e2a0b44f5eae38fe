/**
 * NumPy's npz files: zip archives of npy files, read by ranges and written as they come.
 *
 * @module
 */
export * from "./npz_file.ts";
export * from "./read_npz.ts";
export * from "./npz_writer.ts";
export { checkMemberName } from "./member_name.ts";
export type { ZipMember } from "./zip_directory.ts";
