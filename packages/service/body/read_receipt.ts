import type { PutResult } from "@lade/core/backend";
import type { CallName } from "@lade/core/errors";
import type { ResponseHeaders } from "@lade/service/http";
import { unquoteEtag } from "./etags.ts";
import type { HeaderNames } from "./header_names.ts";
import { unlikeService } from "./unlike_service.ts";

/** What the headers of an answer show to be stored; one without an etag is a `ServiceError`. `what` it is called there. */
export function readReceipt(
  names: HeaderNames,
  headers: ResponseHeaders,
  size: number,
  call: CallName,
  what = "object",
): PutResult {
  const etag = unquoteEtag(headers.get(names.etag ?? "etag"));
  if (etag === undefined) throw unlikeService(call, names.service, `it does not tell the ${what}'s etag`);
  const version = names.version && headers.get(names.version);
  return { size, etag, ...(version !== undefined && { version }) };
}
