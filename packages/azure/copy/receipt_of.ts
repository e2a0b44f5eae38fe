import type { KeyCall, PutResult } from "@lade/core/backend";
import { readEtag, unlikeService } from "@lade/service/body";
import type { ResponseHeaders } from "@lade/service/http";
import { AZURE_NAMES } from "../client/azure_names.ts";

/** What the answer of a copy shows to be stored. */
export function receiptOf(headers: ResponseHeaders, size: number, call: KeyCall): PutResult {
  const [etag, version] = [readEtag(headers), headers.get("x-ms-version-id")];
  if (etag === undefined) throw unlikeService(call, AZURE_NAMES.service, "it does not tell the copy's etag");
  return { size, etag, ...(version !== undefined && { version }) };
}
