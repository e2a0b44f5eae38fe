import type { ServiceSurroundings } from "@lade/service/session";
import type { S3Credentials } from "../config/s3_credentials.ts";

/** What stores take from outside: everything here has a default. */
export interface S3Surroundings extends ServiceSurroundings<S3Credentials> {
  /** Regions of buckets that are known; what is found out is added. Empty by default. */
  readonly regions?: Map<string, string>;
  /** What is known of services, by their endpoint; what is found out is added. Empty by default. */
  readonly traits?: Map<string, object>;
}
