/**
 * The table of the settings of `s3://`, and no more; `@lade/s3` has it too.
 *
 * @module
 */
export { S3_SETTINGS } from "./config/s3_settings.ts";
