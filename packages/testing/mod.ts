/**
 * Means to test what is built on stores: time that moves on command, repeatable random numbers, a store that
 * misbehaves.
 *
 * @module
 */
export * from "./time/fake_clock.ts";
export { seededRandom } from "./random/seeded_random.ts";
export type { Fault, FaultRule, FaultyOperation } from "./faults/fault.ts";
export * from "./faults/inject_faults.ts";
