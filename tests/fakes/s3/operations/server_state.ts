import type { Habits } from "./habits.ts";
import type { Bucket } from "../store/bucket.ts";

/** Limits and habits of the server; each may change while it runs. */
export interface ServerSettings {
  /** The region of the endpoint: of buckets made in process, and of services without a bucket. */
  region: string;
  /** The smallest size of a part that is not the last; 5 MiB on the real service. */
  minPartSize: number;
  /** The largest body of PutObject and UploadPart; 5 GiB on the real service. */
  maxPutSize: number;
  /** The largest source of CopyObject; 5 GiB on the real service. */
  maxCopySize: number;
  /** The most entries in one page of any listing; 1000 on the real service. */
  maxPageSize: number;
  /**
   * Whether checksum fields are verified, stored and answered; false is a server that has never heard of
   * them.
   */
  checksums: boolean;
  /**
   * Whether the server computes a CRC-64/NVME for objects that came without a checksum, as the real service
   * does.
   */
  defaultChecksum: boolean;
  /** How it differs from Amazon's service. */
  habits: Habits;
}

/** What every operation works on. */
export interface ServerState {
  /** Limits and habits. */
  readonly settings: ServerSettings;
  /** Buckets by name. */
  readonly buckets: Map<string, Bucket>;
  /** The server's time, milliseconds since the epoch. */
  now(): number;
  /** A number that was not given out before. */
  nextNumber(): number;
}
