import type { RequestRecord } from "@lade/testing/http";
import type { Operation } from "./operations/route.ts";

/** What the server remembers of one request. */
export interface AzureRequest extends RequestRecord {
  /** The operation, or undefined when the request was not understood. */
  operation?: Operation;
  /** The account, or an empty string. */
  account: string;
  /** The container, or an empty string. */
  container: string;
}
