/** What a member of an archive is. Only a file has data; links are told of, and never followed. */
export type TarMemberType =
  | "file"
  | "directory"
  | "symlink"
  | "hardlink"
  | "character-device"
  | "block-device"
  | "fifo";

/** One member of an archive, as its headers describe it. */
export interface TarMember {
  /** Its name as the archive has it: with `..` or a leading `/`, where it has such; a directory's without a slash at its end. */
  readonly name: string;
  /** What it is. */
  readonly type: TarMemberType;
  /** Bytes of its data; 0 for all but files. */
  readonly size: number;
  /** Where its data begins, in bytes from the start of the archive. */
  readonly offset: number;
  /** Where the first of its headers begins. */
  readonly headerOffset: number;
  /** Permission bits. */
  readonly mode: number;
  /** When it was last changed, in seconds from 1970, which may have a fraction. */
  readonly mtime: number;
  /** The owner's number. */
  readonly uid: number;
  /** The group's number. */
  readonly gid: number;
  /** The owner's name, where it is given. */
  readonly userName?: string;
  /** The group's name, where it is given. */
  readonly groupName?: string;
  /** Where a link leads, as the archive has it. */
  readonly linkName?: string;
}

/** Bytes of a block: headers and data begin at multiples of it. */
export const BLOCK = 512;

/** The number of bytes that `size` bytes of data take, with what fills their last block. */
export function paddedSize(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}
