/**
 * The contract of stores as a suite of tests for any backend and any test runner.
 *
 * ```ts
 * import { conformance } from "@lade/testing/conformance";
 * import { MemoryStore } from "@lade/core";
 *
 * conformance("MemoryStore", async () => {
 *   const store = new MemoryStore();
 *   return { store, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
 * }, Deno.test);
 * ```
 *
 * @module
 */
export * from "./conformance.ts";
export type * from "./conformance_case.ts";
export * from "./conformance_cases.ts";
export { ConformanceError } from "./expect.ts";
export type * from "./register_cases.ts";
export type * from "./provider_case.ts";
export * from "./provider_conformance.ts";
export { sampleBytes } from "./samples.ts";
