/**
 * All formats: found by name and bytes, each loaded when it is first asked for.
 *
 * ```ts
 * import { MemoryStore } from "@lade/core";
 * import { formatOfName } from "@lade/formats/formats";
 *
 * console.log(formatOfName("train/part-0.csv.gz")); // { format: "csv", compression: "gzip" }
 * ```
 *
 * @module
 */
export * from "./detect_format.ts";
export * from "./format_names.ts";
export * from "./load_format.ts";
export * from "./open_format.ts";
export type { Head, HeadOptions, HeadRow } from "./head.ts";
export * from "./open_head.ts";
