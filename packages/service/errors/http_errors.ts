import {
  NotFoundError,
  PermissionDeniedError,
  PreconditionFailedError,
  RangeNotSatisfiableError,
  ThrottledError,
  UnauthenticatedError,
  UnavailableError,
} from "@lade/core/errors";
import type { ErrorRow } from "./error_table.ts";

/** What statuses of HTTP mean where a service says no more than that (RFC 9110, section 15). Its own rows come behind. */
export const HTTP_ERRORS: readonly ErrorRow[] = [
  { when: [304], error: PreconditionFailedError, detail: "the object still has the etag that was ruled out" },
  { when: [401], error: UnauthenticatedError, detail: "the service does not know {identity}" },
  { when: [403], error: PermissionDeniedError, detail: "access denied to {identity}" },
  { when: [404], error: NotFoundError, detail: "no such object" },
  {
    when: [408, 500, 502, 504],
    error: UnavailableError,
    detail: "the service failed: {message}",
    advice: "try again later",
  },
  { when: [412], error: PreconditionFailedError, detail: "the object is not as the condition says" },
  { when: [416], error: RangeNotSatisfiableError, detail: "the range begins past the object's end" },
  {
    when: [429, 503],
    error: ThrottledError,
    detail: "the service asks for fewer requests",
    advice: "try again later, or with less concurrency",
  },
];
