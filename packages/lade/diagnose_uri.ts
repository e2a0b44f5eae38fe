import type { Check, ProviderOptions, ResolvedUri } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";

/** What its backend finds out about the container or prefix that a URI names. */
export async function* diagnoseUri(
  uri: string,
  { provider, container, key }: ResolvedUri,
  options: ProviderOptions & { readonly write?: boolean },
): AsyncGenerator<Check> {
  const checks = provider.diagnose?.({ container, key }, options);
  if (!checks) {
    throw new UnsupportedError({ operation: "diagnose", uri, detail: "its backend examines nothing" });
  }
  yield* checks;
}
