import type { ServiceDialect } from "@lade/service/call";
import {
  commonFaultOptions,
  type FailedReply,
  type ReportField,
  ServiceFault,
  xmlFaults,
} from "@lade/service/errors";
import { rootName } from "@lade/service/xml";

/** Signatures, and what was signed, in what the service says of them. */
const SIGNED =
  /\s*(?:Server used following string to sign|String to sign used was)[^]*|(?<=HTTP request )'[^']*'/g;

/** The form of Azure's answers: XML, and the name of a failure in a header, since HEAD has no body. */
export const AZURE_DIALECT: ServiceDialect = {
  form: "XML",
  rootOf: rootName,
  errorRoots: ["Error"],
  receipts: ["x-ms-request-id"],
  isReceiptBody: () => false,
  faults: xmlFaults(read),
};

function read(field: ReportField, reply: FailedReply): ServiceFault {
  const { headers, origin, status } = reply;
  const code = headers.get("x-ms-error-code") || field("Code");
  // The rest of the message repeats the request's id and time.
  const said = field("Message")?.split("\n")[0]?.trim();
  const details = ["AuthenticationErrorDetail", "HeaderName", "QueryParameterName", "Reason"].map(field);
  return new ServiceFault({
    ...commonFaultOptions(reply),
    // The code of 304 is that of a condition that did not hold.
    code: status >= 300 && status < 400 ? undefined : code,
    message: [said, ...details].filter(Boolean).join("; ").replace(SIGNED, ""),
    requestId: headers.get("x-ms-request-id") ?? undefined,
    marked: origin?.marked || code !== undefined,
  });
}
