import type { Preconditions } from "@lade/core/backend";
import { quoteEtag } from "./etags.ts";
import type { HeaderNames } from "./header_names.ts";

/** The headers of a request that hold its conditions: those of HTTP (RFC 9110, section 13.1), or a service's own. */
export function conditionHeaders(
  given: Pick<Preconditions, "ifMatch" | "ifNoneMatch">,
  names?: Pick<HeaderNames, "conditions">,
): Record<string, string> {
  if (names?.conditions) return names.conditions(given);
  const { ifMatch, ifNoneMatch } = given;
  const headers: Record<string, string> = {};
  if (ifMatch !== undefined) headers["if-match"] = quoteEtag(ifMatch);
  if (ifNoneMatch !== undefined) headers["if-none-match"] = quoteEtag(ifNoneMatch);
  return headers;
}
