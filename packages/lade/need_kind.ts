import type { HeadOptions, ResolvedUri } from "@lade/core";
import { InvalidNameError } from "@lade/core/errors";
import { exists } from "@lade/core/operations";
import type { LocatedUri } from "@lade/transfer/places";

/** Throws an `InvalidNameError` where a key is empty, or ends in a slash and no object has it. */
export async function needObject(
  { key, store }: LocatedUri,
  uri: string,
  operation: string,
  { signal, version }: HeadOptions,
): Promise<void> {
  if (key !== "" && !key.endsWith("/")) return;
  const isNamed = version !== undefined ||
    (key !== "" && await exists(store, key, signal ? { signal } : {}));
  if (key !== "" && isNamed) return;
  throw new InvalidNameError({ operation, uri, detail: "it names a prefix, an object is needed" });
}

/** Resolves the URI of a container, with a slash at its end or without; any other is an `InvalidNameError`. */
export async function needContainer(
  resolve: (uri: string) => Promise<ResolvedUri>,
  uri: string,
  operation: string,
): Promise<ResolvedUri> {
  const resolved = await resolve(uri);
  if (resolved.key === "") return resolved;
  const asContainer = await resolve(uri.endsWith("/") ? uri : `${uri}/`);
  if (asContainer.key === "") return asContainer;
  throw new InvalidNameError({ operation, uri, detail: "it names a key, a container is needed" });
}

/** Throws an `InvalidNameError` for a key that is no prefix, of which no store can be opened. */
export function needPrefix(key: string, uri: string): void {
  if (key === "" || key.endsWith("/")) return;
  const detail = "a store is a container or a prefix, and a prefix ends in /";
  throw new InvalidNameError({ operation: "open", uri, detail });
}
