import { childText, parseXml, type XmlElement } from "../xml/mod.ts";
import type { FailedReply, FaultReader } from "./fault_reader.ts";
import type { ServiceFault } from "./service_fault.ts";

/** Gives what the report of a failure says by a name; `undefined` where it says nothing, or there is no report. */
export type ReportField = (name: string) => string | undefined;

/**
 * Reads failures that are reported by an `Error` in XML, or by one within an `ErrorResponse`: `make` makes a fault of what
 * it says and of the reply around it.
 */
export function xmlFaults<F extends ServiceFault>(
  make: (field: ReportField, reply: FailedReply) => F,
): FaultReader<F> {
  return {
    isReport: (body) => errorElement(body) !== undefined,
    read(reply) {
      const error = errorElement(reply.body);
      return make((name) => (error && childText(error, name)) || undefined, reply);
    },
  };
}

function errorElement(body: string): XmlElement | undefined {
  if (!body.includes("Error")) return undefined;
  try {
    const root = parseXml(body.trimStart());
    if (root.name === "Error") return root;
    return root.name === "ErrorResponse" ? root.children.find((child) => child.name === "Error") : undefined;
  } catch {
    return undefined;
  }
}
