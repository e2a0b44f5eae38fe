import { type GetOptions, type GetResult, type ObjectStore, objectUri } from "@lade/core";
import { NotFoundError, PreconditionFailedError, UnavailableError } from "@lade/core/errors";
import { ForwardingStore } from "@lade/core/layers";
import { bytesAtHand } from "@lade/core/seams";
import type { ListedObjects } from "./listed_objects.ts";

/**
 * Reads objects as they were listed: one that changed since or is gone is an error, and one that was not there is not asked
 * for.
 * Disposing it is of no use: the store below is the caller's.
 */
export class ListedStore extends ForwardingStore {
  readonly #objects: ListedObjects;

  /** Holds `store` to these objects. */
  constructor(store: ObjectStore, objects: ListedObjects) {
    super(store, [bytesAtHand, "beneath"]);
    this.#objects = objects;
  }

  /** Reads an object that was listed. */
  override async get(key: string, options: GetOptions = {}): Promise<GetResult> {
    const listed = this.#objects.find(key);
    const place = { operation: "get", uri: objectUri(this.uri, key) } as const;
    if (!listed) throw new NotFoundError({ ...place, detail: "it was not listed" });
    const { etag } = listed;
    const call = etag === undefined ? options : { ifMatch: etag, ...options };
    const result = await super.get(key, call).catch((error) => {
      // Whoever asks takes one that is not there for one that never was.
      if (!(error instanceof NotFoundError)) throw error;
      throw new PreconditionFailedError({ ...place, detail: "it was listed, and is gone", cause: error });
    });
    if (etag !== undefined) return result;
    if (result.info.size === listed.size) return result;
    await result.cancel();
    const detail = `it has ${result.info.size} bytes, and was listed with ${listed.size}`;
    throw new UnavailableError({ ...place, detail, retryable: false });
  }

  override async [Symbol.asyncDispose](): Promise<void> {}
}
