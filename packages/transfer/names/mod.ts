/**
 * Names across stores: what a key becomes locally, refused or mapped, and which names cannot be there together.
 *
 * @module
 */
export * from "./fold_name.ts";
export * from "./local_names.ts";
export * from "./name_makers.ts";
export { escapeFault, nameFault, type NamePlatform } from "./name_fault.ts";
export * from "./path_clashes.ts";
export * from "./percent_names.ts";
export * from "./probe_folding.ts";
