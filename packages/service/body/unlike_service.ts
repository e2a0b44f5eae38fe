import { ServiceError } from "@lade/core/backend";
import type { CallName } from "@lade/core/errors";

/** The error of an answer that no service of the kind gives; `service` has its article: `an S3 service`. */
export function unlikeService(
  { operation, uri }: CallName,
  service: string,
  what: string,
): ServiceError {
  return new ServiceError({ operation, uri, detail: `the answer is not that of ${service}: ${what}` });
}
