import type { Checksums } from "./types.ts";

/** The names of all checksums, the one that takes the least time to compute first. */
export const CHECKSUM_NAMES: readonly (keyof Checksums)[] = [
  "crc32c",
  "crc64nvme",
  "crc32",
  "sha1",
  "sha256",
  "sha512",
  "md5",
];
