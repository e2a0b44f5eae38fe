import { quote, redactSecrets } from "@lade/core/text";

/** A URI for a message: between quotes, without secrets, and safe to look at. */
export function quoteUri(uri: string): string {
  return quote(redactSecrets(uri));
}
