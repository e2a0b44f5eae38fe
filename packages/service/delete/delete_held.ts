import { type ObjectInfo, UnavailableError } from "@lade/core/backend";

/** The requests of a conditional deletion. */
export interface HeldDeletion {
  /** Deletes the object while its etag is `ifMatch`. The service must not see the request twice. */
  send(): Promise<void>;
  /** Describes what is there; what it rejects with is what the deletion rejects with. */
  head(): Promise<Pick<ObjectInfo, "etag">>;
  /** The etag that the object has to have. */
  readonly ifMatch: string;
  /** Ends the deletion. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes a conditional deletion, and looks into what became of it where its answer is lost: an object that is still the same
 * is deleted once more, another one makes the deletion fail as it did. Where the object is gone, `head` rejects.
 */
export async function deleteHeld({ send, head, ifMatch, signal }: HeldDeletion): Promise<void> {
  try {
    await send();
  } catch (error) {
    if (!(error instanceof UnavailableError) || signal?.aborted) throw error;
    const { etag } = await head();
    if (etag !== ifMatch) throw error;
    await send();
  }
}
