import type { CallOptions, ObjectStore } from "@lade/core";
import type { IndexedObject } from "../tfrecord/index_text.ts";

/** What an object's index holds, built of the object itself. */
export interface BuiltIndex {
  /** Records or samples. */
  readonly count: number;
  /** The index as it is stored, in pieces. */
  text(): Iterable<Uint8Array>;
  /**
   * Whether a stored index leads to the same places: it may be another program's, of another form. One that does not even
   * fit the object's size is a `StaleIndexError`.
   */
  agrees(stored: Uint8Array, object: IndexedObject): boolean;
}

/** A format whose objects have an index beside them. */
export interface IndexedFormat {
  /** What is counted, for messages: `record`. */
  readonly noun: string;
  /** The keys that the index of an object may have; the first is the one that is written. */
  keysOf(key: string): readonly [string, ...string[]];
  /** Refuses to replace an object that is no index of this format, where its name does not say that it is one. */
  checkPlace?(store: ObjectStore, indexKey: string, options: CallOptions): Promise<void>;
  /** Builds the index of an object, by its headers where its parts are large. */
  build(store: ObjectStore, key: string, options: CallOptions): Promise<BuiltIndex>;
}
