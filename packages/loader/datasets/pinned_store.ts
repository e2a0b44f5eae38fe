import { type GetOptions, type GetResult, type ObjectStore, objectUri } from "@lade/core";
import { UnavailableError } from "@lade/core/errors";
import { ForwardingStore, observe } from "@lade/core/layers";
import { bytesAtHand } from "@lade/core/seams";
import type { TableObject } from "./object_table.ts";

/** Reads an object of a listing alone, as long as it has the tag and the size that the listing says; tells of each read. */
export function pinnedStore(
  store: ObjectStore,
  object: TableObject,
  onRead: (bytes: number, ms: number) => void = () => {},
): ObjectStore {
  return observe(new PinnedStore(store, object), (event) => {
    if (event.type === "finished" && event.operation === "get") onRead(event.bytes, event.durationMs);
  });
}

class PinnedStore extends ForwardingStore {
  readonly #object: TableObject;

  constructor(store: ObjectStore, object: TableObject) {
    super(store, [bytesAtHand]);
    this.#object = object;
  }

  override async get(key: string, options: GetOptions = {}): Promise<GetResult> {
    const { etag, size } = this.#object;
    const result = await super.get(key, etag === undefined ? options : { ifMatch: etag, ...options });
    if (result.info.size === size) return result;
    await result.cancel();
    throw new UnavailableError({
      operation: "load",
      uri: objectUri(this.uri, key),
      detail: `it has ${result.info.size} bytes, and the data set says ${size}`,
      retryable: false,
    });
  }
}
