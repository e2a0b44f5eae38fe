import { StoreError } from "@lade/core/errors";
import { ServiceFault } from "./service_fault.ts";

/** The fault that a service reported, where an error is one; `undefined` for all others. */
export function faultOf(error: unknown): ServiceFault | undefined {
  const cause = error instanceof StoreError ? error.cause : undefined;
  return cause instanceof ServiceFault ? cause : undefined;
}
