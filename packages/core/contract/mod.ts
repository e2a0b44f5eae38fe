export type * from "./types.ts";
export type * from "./get_result.ts";
export type * from "./capabilities.ts";
export type * from "./object_writer.ts";
export type * from "./object_store.ts";
export type * from "./read_hints.ts";
export type * from "./provider.ts";
export type * from "./diagnosis.ts";
