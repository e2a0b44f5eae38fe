/**
 * Settings as a table: what each is called, what it may be, and where it is read from; what checks options against
 * it, reads the environment and profiles, and shows what holds.
 *
 * @module
 */
export * from "./setting.ts";
export * from "./setting_type.ts";
export * from "./scalar_types.ts";
export { isRecord, mapType } from "./map_type.ts";
export * from "./setting_text.ts";
export * from "./sourced_setting.ts";
export * from "./merge_configs.ts";
export { checkSettings, type GivenSettings } from "./check_settings.ts";
export * from "./resolve_settings.ts";
export * from "./describe_settings.ts";
export * from "./document_settings.ts";
export * from "./nearest_name.ts";
export * from "./parse_duration.ts";
export * from "./parse_size.ts";
