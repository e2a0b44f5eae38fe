/**
 * The provider of `gs://` and `gcs://`, and no more; `@lade/gcs` has it too.
 *
 * @module
 */
export { gcsProvider } from "./gcs_provider.ts";
export type { GcsSurroundings } from "./store/open_gcs_store.ts";
