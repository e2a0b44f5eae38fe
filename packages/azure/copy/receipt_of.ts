import type { KeyCall, PutResult } from "@lade/core/backend";
import { readReceipt } from "@lade/service/body";
import type { ResponseHeaders } from "@lade/service/http";
import { AZURE_NAMES } from "../client/azure_names.ts";

/** What the answer of a copy shows to be stored. */
export function receiptOf(headers: ResponseHeaders, size: number, call: KeyCall): PutResult {
  return readReceipt(AZURE_NAMES, headers, size, call, "copy");
}
