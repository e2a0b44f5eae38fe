import { commonFaultOptions, ServiceFault } from "../errors/mod.ts";
import type { ServiceDialect } from "./service_dialect.ts";

/** What the member `error` of a document says of a failure. */
export interface JsonError {
  /** The service's name of the failure. */
  readonly code?: string | undefined;
  /** Its words. */
  readonly message?: string | undefined;
}

/**
 * The form of a service whose documents are JSON objects, distinguished by their first member, and which reports failures by
 * one whose first member is `error`. `readError` gives `undefined` for a report of somebody else's; `id` is the header, in
 * lower case, by which the service names a request.
 */
export function jsonDialect(
  readError: (error: unknown) => JsonError | undefined,
  id?: string,
): ServiceDialect {
  const errorIn = (text: string) => {
    if (firstMember(text) !== "error") return undefined;
    // What breaks off is a report of which nothing is known.
    const document = parse(text);
    return document ? readError(document["error"]) : readError(undefined) ?? {};
  };
  return {
    form: "JSON",
    rootOf: firstMember,
    errorRoots: ["error"],
    receipts: ["etag"],
    isReceiptBody: () => false,
    faults: {
      isReport: (text) => errorIn(text) !== undefined,
      read: (reply) => {
        const requestId = id === undefined ? undefined : reply.headers.get(id) ?? undefined;
        return new ServiceFault({ ...commonFaultOptions(reply), requestId, ...errorIn(reply.body) });
      },
    },
  };
}

function firstMember(start: string): string | undefined {
  return /^\s*\{\s*"(\w+)"\s*:/.exec(start)?.[1];
}

/** The object that a text is; one that breaks off is none. */
function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
