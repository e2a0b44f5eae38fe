/**
 * The table of the settings of `gs://`, and no more; `@lade/gcs` has it too.
 *
 * @module
 */
export { GCS_SETTINGS } from "./config/gcs_settings.ts";
