import { registerCases, type TestRunner } from "../conformance/register_cases.ts";
import { ServiceContext } from "./service_case.ts";
import { serviceCases } from "./service_cases.ts";
import type { ServiceOperation, ServiceSetup } from "./service_setup.ts";

/**
 * Registers what every backend over HTTP promises under a service that misbehaves as tests of one: bodies that are cut,
 * lies of headers, answers that get lost or come from somebody else, throttling, a service that goes away, expired
 * credentials, and the number of its requests. Each case starts a fake of its own.
 *
 * A case about requests, or an end of credentials, that the service does not have is shown as skipped.
 */
export function serviceFaults(name: string, setup: ServiceSetup, test: TestRunner): void {
  const context = new ServiceContext(setup);
  const has = (operation: ServiceOperation) => setup.operations[operation] !== undefined;
  const skip: Record<string, string> = { ...setup.skip };
  for (const { name: title, needs = [], needsCredentials } of serviceCases) {
    if (needsCredentials && setup.lastingCredentials) skip[title] ??= "its credentials do not expire";
    const lacking = needs.find((operation) => !has(operation));
    if (lacking !== undefined) skip[title] ??= `it has no request to ${lacking}`;
  }
  registerCases(name, serviceCases, test, { ...setup, skip }, (one) => one.run(context));
}
