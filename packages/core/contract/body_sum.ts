import type { Checksums } from "./types.ts";

/** A checksum that an answered read takes of its bytes as they pass. */
export interface BodySum {
  /** Its algorithm. */
  readonly algorithm: keyof Checksums;
  /** The checksum of all bytes, in base64, once the last of them is given out; nothing before. */
  readonly value: string | undefined;
}
