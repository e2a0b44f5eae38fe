import type { ByteRange, DeleteResult, ResolvedRange } from "../contract/types.ts";

/** A call on a store, or the life of a writer (`"write"`). */
export type StoreOperation =
  | "get"
  | "head"
  | "put"
  | "write"
  | "list"
  | "listWithDelimiter"
  | "listVersions"
  | "listVersionsWithDelimiter"
  | "listUploads"
  | "abortUpload"
  | "delete"
  | "deleteMany"
  | "copy"
  | "copyFrom"
  | "setAttributes"
  | "getTags"
  | "rename"
  | "presign";

/** The call that an event is about. */
export interface ObservedCall {
  /** Numbers the calls of one observed store, from 1; the events of a call share it. */
  readonly id: number;
  /** What is done. */
  readonly operation: StoreOperation;
  /** The URI of the object (the source of a copy), of a listing's prefix, or of the container for `deleteMany`. */
  readonly uri: string;
  /** The key or prefix; empty for `deleteMany`. */
  readonly key: string;
  /** The key of the target of `copy`, `copyFrom` and `rename`. */
  readonly toKey?: string;
  /** The range a `get` asks for. */
  readonly askedRange?: ByteRange;
  /** When the call was made, in milliseconds since 1970. */
  readonly startedAt: number;
  /** The same by the clock's monotonic time, in milliseconds. */
  readonly startedMs: number;
}

/** A call begins. */
export interface StartedEvent extends ObservedCall {
  /** The kind of event. */
  readonly type: "started";
}

/** What is known of a call at its end. */
export interface EndedCall extends ObservedCall {
  /** Milliseconds from the call to its end: of a `get` to that of its body, of a writer to its `close` or `abort`. */
  readonly durationMs: number;
  /** Milliseconds until the caller had the first bytes of a body or the first entry of a listing. */
  readonly timeToFirstByteMs?: number;
  /** The range that a `get` was answered with. */
  readonly range?: ResolvedRange;
  /** Bytes that the caller read or wrote. */
  readonly bytes: number;
  /** Entries that the caller got from a listing or `deleteMany`. */
  readonly entries: number;
}

/** A call ended well, or its caller gave it up. */
export interface FinishedEvent extends EndedCall {
  /** The kind of event. */
  readonly type: "finished";
  /**
   * Whether the caller gave up before the end: a body cancelled, a writer aborted, a listing left. A `copyFrom`
   * that the two stores cannot do counts as given up too.
   */
  readonly cancelled: boolean;
}

/** A call failed, before or after its first bytes. */
export interface FailedEvent extends EndedCall {
  /** The kind of event. */
  readonly type: "failed";
  /** What the caller was given as the reason. */
  readonly error: unknown;
}

/** `deleteMany` has settled one of its objects. */
export interface DeletedEvent extends ObservedCall {
  /** The kind of event. */
  readonly type: "deleted";
  /** What became of the object. */
  readonly result: DeleteResult;
  /** Milliseconds from the call to this result. */
  readonly durationMs: number;
}

/** The events of an observed store: for each call a `started`, and later one `finished` or `failed`. */
export type StoreEvent = StartedEvent | DeletedEvent | FinishedEvent | FailedEvent;

/**
 * Takes the events of a store, in the order they happen. It is called from within the calls and should be quick.
 * An error it throws does not touch the call; it is reported as an uncaught one.
 */
export type StoreObserver = (event: StoreEvent) => void;

/** Options of `observe`. */
export interface ObserveOptions {
  /**
   * Called before each call. The call waits for what it gives, in no time of the call's own; `undefined` is nothing to
   * wait for. It must not reject.
   */
  readonly ready?: () => Promise<void> | undefined;
}
