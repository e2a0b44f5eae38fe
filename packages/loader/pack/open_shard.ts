import type { ObjectStore, WriterOptions } from "@lade/core";

/** A shard that is being written. Nobody sees it before `close` succeeds; disposing it unclosed gives it up. */
export interface OpenShard<D> extends AsyncDisposable {
  /**
   * Adds samples of a batch from number `from` on, as many as there is room for, and says how many those were; at least one
   * where the shard has none. Their memory may be reused once it resolves.
   */
  take(batch: D, from: number): Promise<number>;
  /** Makes it visible, and then its index; gives its bytes. */
  close(): Promise<number>;
}

/** Where a shard goes, and what it begins with. */
export interface ShardPlace {
  /** Where it is written. */
  readonly store: ObjectStore;
  /** Its key. */
  readonly key: string;
  /** Has it replace nothing, where the store can tell. */
  readonly ifNoneMatch?: "*";
  /** Samples that are left: those of this shard and of all behind it; `Infinity` of a stream. */
  readonly left: number;
  /** Ends the writing. */
  readonly signal?: AbortSignal;
}

/** Starts a shard of a format. */
export type CreateShard<D> = (place: ShardPlace) => Promise<OpenShard<D>>;

/** How the object of a shard is written. */
export function writerCall(
  { ifNoneMatch, signal }: ShardPlace,
): Pick<WriterOptions, "ifNoneMatch" | "signal"> {
  return { ...(ifNoneMatch && { ifNoneMatch }), ...(signal && { signal }) };
}
