import { type CallOptions, type ObjectMeta, type ObjectStore, objectUri } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";

/** Options of listing the objects of a data set. */
export interface ListSamplesOptions extends CallOptions {
  /**
   * Called for what lies there without bytes and is no object, such as a link that leads nowhere, with its URI and what it
   * is. What has bytes is never left out: it is an error.
   */
  readonly onLeftOut?: (uri: string, reason: string) => void;
}

/**
 * The objects below a prefix, in the order of keys. What has bytes and is no object, such as a link that may not be followed,
 * is an `UnsupportedError`: the data set would lack it, and nobody would see.
 */
export async function* listSamples(
  store: ObjectStore,
  prefix: string,
  { onLeftOut, signal }: ListSamplesOptions = {},
): AsyncGenerator<ObjectMeta> {
  let missing: Error | undefined;
  const throwMissing = () => {
    if (missing) throw missing;
  };
  const listing = store.list(prefix, {
    ...(signal && { signal }),
    onLeftOut: ({ key, reason, hasBytes, error }) => {
      const uri = objectUri(store.uri, key);
      if (error || hasBytes) {
        missing ??= error ?? new UnsupportedError({ operation: "load", uri, detail: reason });
      } else if (!key.endsWith("/")) onLeftOut?.(uri, reason);
    },
  });
  for await (const object of listing) {
    throwMissing();
    yield object;
  }
  throwMissing();
}
