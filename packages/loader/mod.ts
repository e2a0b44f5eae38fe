/**
 * Loads samples of any store in an exact order.
 *
 * @module
 */
export * from "./order/mod.ts";
export * from "./state/mod.ts";
