/**
 * Zarr arrays and groups of versions 2 and 3, sharded ones too: whole or a region, by the chunks that it touches.
 *
 * @module
 */
export { openZarr, openZarrArray, ZarrGroup } from "./open_zarr.ts";
export { type ReadZarrOptions, ZarrArray } from "./zarr_array.ts";
export type { ArrayMetadata, ChunkLayout, ShardLayout } from "./array_metadata.ts";
export type { CodecSpec } from "./codec_specs.ts";
export type { ElementType } from "./element_type.ts";
export type { Json, JsonObject } from "./read_json.ts";
