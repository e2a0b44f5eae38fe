/**
 * The table of the settings of `az://`, and no more; `@lade/azure` has it too.
 *
 * @module
 */
export { AZURE_SETTINGS } from "./config/azure_settings.ts";
