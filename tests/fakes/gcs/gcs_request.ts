import type { RequestRecord } from "@lade/testing/http";
import type { Operation } from "./operations/route.ts";

/** What the server remembers of one request. */
export interface GcsRequest extends RequestRecord {
  /** The operation, or undefined when the request was not understood. */
  operation?: Operation;
  /** The bucket, or an empty string. */
  bucket: string;
}
