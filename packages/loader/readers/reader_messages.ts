import type { PostedKernel } from "@lade/codec/checksum";

/** A read of an object, and where it goes. */
export interface ReaderRead {
  /** What the object is called, for the program of its store; absent where this is not for a reader. */
  readonly place: unknown;
  /** Of which tag it is. */
  readonly etag: string | undefined;
  /** How many bytes the object has, where the data set says so. */
  readonly size: number | undefined;
  /** The first byte. */
  readonly offset: number;
  /** How many. */
  readonly length: number;
  /** Where in the buffer they go. */
  readonly start: number;
  /** Of which of them a CRC-32C is wanted, where it is of any. */
  readonly checked: { readonly from: number; readonly to: number } | undefined;
}

/** What a reader is asked to read: into one buffer, which is sent along and comes back. */
export interface ReaderOrder {
  readonly id: number;
  readonly buffer: ArrayBuffer;
  /** As JSON, which is taken apart in a fifth of the time of a clone. */
  readonly reads: string;
  /** After how long it gives back what is left. */
  readonly limitMs: number;
}

/** What a reader is sent: an order, or first what it takes checksums with. */
export type ReaderMessage = ReaderOrder | { readonly kernel: PostedKernel };

/** What a reader says once it runs, and of each order. */
export type ReaderReply = { readonly type: "ready" } | {
  readonly type: "read";
  readonly id: number;
  readonly buffer: ArrayBuffer;
  /** How long each read took; negative where it was not read. */
  readonly ms: Float64Array;
  /** The checksum of what is checked of each read; negative where none was taken. */
  readonly checksums: Float64Array;
};
