/**
 * Compares trees and objects without copying.
 *
 * @module
 */
export type * from "./check_entry.ts";
export * from "./check_trees.ts";
