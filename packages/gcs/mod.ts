/**
 * Google Cloud Storage as object stores: `gs://bucket/key`.
 *
 * The bytes, listings and deletions are authorized here and moved by the transport of `@lade/service/http`.
 *
 * @module
 */
export type { GcsCredential, GcsToken } from "./credentials/gcs_credential.ts";
