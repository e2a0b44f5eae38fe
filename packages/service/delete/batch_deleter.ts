import type { ObjectToDelete } from "@lade/core/backend";

/** What became of one object: why it is still there, or nothing once it is gone. */
export type DeleteOutcome = Error | undefined;

/** Objects to delete, or their keys. */
export type AnyObjects = AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>;

/** Deletes objects of one store by the requests that a service has for it. */
export interface BatchDeleter {
  /** URI of the store. */
  readonly uri: string;
  /** Objects of one request at most. */
  readonly max: number;
  /** Whether the service is known to take no batches: then each object is deleted by a request of its own. */
  readonly isRefused?: boolean;
  /** Why the store holds no object of this key, as its own method of this name says; nothing is sent for one. */
  keyFault(key: string): string | undefined;
  /** Puts objects in an order in which the service can delete them; as they come by default. */
  order?(objects: AnyObjects): AsyncIterable<ObjectToDelete>;
  /** Whether a batch can hold the object; one that it cannot hold is deleted by a request of its own. */
  fits(object: ObjectToDelete): boolean;
  /**
   * Deletes objects by one request, no two of which have the same key and version, and returns what became of each, in
   * their order. Rejects where that is not known.
   */
  send(
    objects: readonly ObjectToDelete[],
    signal: AbortSignal | undefined,
  ): Promise<readonly DeleteOutcome[]>;
  /** Deletes one object by a request of its own. */
  sendOne(object: ObjectToDelete, signal: AbortSignal | undefined): Promise<void>;
  /** Whether `send` rejected because the service takes no batches, or not in this form; never where absent. */
  isRefusal?(error: unknown): boolean;
  /** Called when a batch was refused whose objects could be deleted one by one. */
  foundRefused?(): void;
}
