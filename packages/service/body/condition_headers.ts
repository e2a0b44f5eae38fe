import type { Preconditions } from "@lade/core/backend";
import { quoteEtag } from "./etags.ts";

/** The headers of a request that hold its conditions (RFC 9110, section 13.1). */
export function conditionHeaders(
  { ifMatch, ifNoneMatch }: Pick<Preconditions, "ifMatch" | "ifNoneMatch">,
): Record<string, string> {
  return {
    ...(ifMatch === undefined ? {} : { "if-match": quoteEtag(ifMatch) }),
    ...(ifNoneMatch === undefined ? {} : { "if-none-match": quoteEtag(ifNoneMatch) }),
  };
}
