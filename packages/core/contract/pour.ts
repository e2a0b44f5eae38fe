import type { CombinableName } from "@lade/codec/checksum";
import type { BufferPool } from "../buffers/buffer_pool.ts";
import type { Checksums } from "./types.ts";

/** What makes a file this one and no other, whatever its name. */
export interface FileIdentity {
  /** Number of the device that it lies on. */
  readonly dev: number;
  /** Its number on that device; 0 where the system has none. */
  readonly ino: number;
}

/** A place within a local file. */
export interface FileRegion {
  /** The file's path. */
  readonly path: string;
  /** The file that this path is to lead to: whoever opens it looks, and writes nothing to another one. */
  readonly identity: FileIdentity;
  /** First byte, counted from the start of the file. */
  readonly offset: number;
  /** Number of bytes. */
  readonly length: number;
}

/** Where bytes are poured to, and what is to be known of them. It is in use until the pouring settles. */
export interface PourTarget {
  /** A place in a file, or shared memory. */
  readonly to: FileRegion | Uint8Array<SharedArrayBuffer>;
  /** The checksums that are computed, over the bytes in order. */
  readonly sums: readonly CombinableName[];
  /** Lends the memory by which bytes get into a file: 1 MiB at most. */
  readonly buffers: Pick<BufferPool, "lease">;
  /** Called for each piece once it is in its place, with its number of bytes. What it throws ends the pouring. */
  readonly onBytes?: (count: number) => void;
}

/** What was poured. */
export interface Poured {
  /** Bytes that are in their place, from its start on. */
  readonly bytes: number;
  /** The checksums of those bytes that were asked for. */
  readonly sums: Checksums;
  /** How long writing into a file took of all that, in milliseconds. */
  readonly writingMs?: number;
  /** Why there are no more of them, where the bytes broke off. */
  readonly failure?: { readonly error: unknown };
}

/** Moves bytes straight to their place. */
export type Pour = (target: PourTarget) => Promise<Poured>;
