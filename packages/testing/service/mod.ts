/**
 * What every backend over HTTP promises under a service that misbehaves, as a suite of tests: it needs a fake of the
 * service made of `@lade/testing/http`, and runs on any test runner. The contract itself is asked by
 * `@lade/testing/conformance`.
 *
 * @module
 */
export { serviceFaults } from "./service_faults.ts";
export type * from "./service_setup.ts";
export {
  type OpenedService,
  type OpenOptions,
  type ServiceCase,
  type ServiceContext,
} from "./service_case.ts";
export { serviceCases } from "./service_cases.ts";
export type { CountedCall } from "./service_setup.ts";
export { FOREIGN_ANSWERS, type ForeignAnswer, type ForeignAnswerName } from "./foreign_answers.ts";
