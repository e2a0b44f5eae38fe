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
 * one whose first member is `error`.
 */
export function jsonDialect(readError: (error: unknown) => JsonError): ServiceDialect {
  const isReport = (text: string) => firstMember(text) === "error";
  return {
    form: "JSON",
    rootOf: firstMember,
    errorRoots: ["error"],
    receipts: ["etag"],
    isReceiptBody: () => false,
    faults: {
      isReport,
      read: (reply) => {
        const common = commonFaultOptions(reply);
        if (!isReport(reply.body)) return new ServiceFault(common);
        return new ServiceFault({ ...common, ...readError(parse(reply.body)?.["error"]) });
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
