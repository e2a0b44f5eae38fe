/**
 * Google Cloud Storage as object stores: `gs://bucket/key`.
 *
 * The bytes, listings and deletions are authorized here and moved by the transport of `@lade/service/http`; calls on
 * buckets are made by Google's SDK, which is loaded by the first of them.
 *
 * @module
 */
export type { GcsCredential, GcsToken } from "./credentials/gcs_credential.ts";
export { gcsProvider } from "./gcs_provider.ts";
export type {
  GcsIdentityOptions,
  GcsObjectOptions,
  GcsOptions,
  GcsStorageClass,
} from "./config/gcs_options.ts";
export { GCS_SETTINGS } from "./config/gcs_settings.ts";
export { type GcsStoreOptions, type GcsSurroundings, openGcsStore } from "./store/open_gcs_store.ts";
export { diagnose, type GcsDiagnoseOptions } from "./doctor/diagnose.ts";
export { compose, type ComposeOptions, type ComposeSource } from "./store/compose.ts";
