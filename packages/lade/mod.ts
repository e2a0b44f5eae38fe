/**
 * The one import for scripts: every backend by URI, each loaded when its scheme is first used.
 *
 * ```ts
 * import { get, list, put } from "@lade/lade";
 *
 * await put("memory://demo/greeting.txt", "hello");
 * for await (const entry of list("memory://demo/")) console.log(entry.uri);
 * console.log(new TextDecoder().decode(await get("memory://demo/greeting.txt")));
 * ```
 *
 * @module
 */
export * from "./default_registry.ts";
export * from "./functions.ts";
export * from "./lade.ts";
export * from "./local_path.ts";
export type * from "./results.ts";
export type { TransferSummary } from "./transfer_files.ts";
