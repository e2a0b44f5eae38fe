/**
 * The tables of the settings of `file://` and `direct://`, and no more; `@lade/fs` has them too.
 *
 * @module
 */
export { DIRECT_SETTINGS, FILE_SETTINGS } from "./names/local_config.ts";
