import type { ServiceDialect } from "@lade/service/call";
import { commonFaultOptions, type FailedReply, ServiceFault } from "@lade/service/errors";
import { childText, parseXml, rootName, type XmlElement } from "@lade/service/xml";

/** The form of Azure's answers: XML, and the name of a failure in a header, since HEAD has no body. */
export const AZURE_DIALECT: ServiceDialect = {
  form: "XML",
  rootOf: rootName,
  errorRoots: ["Error"],
  receipts: ["x-ms-request-id"],
  isReceiptBody: () => false,
  faults: { isReport: (body) => errorElement(body) !== undefined, read },
};

function read(reply: FailedReply): ServiceFault {
  const error = errorElement(reply.body);
  const field = (name: string) => (error && childText(error, name)) || undefined;
  const code = reply.headers.get("x-ms-error-code") ?? field("Code");
  return new ServiceFault({
    ...commonFaultOptions(reply),
    code: code || undefined,
    // The rest of the message repeats the request's id and time.
    message: [field("Message")?.split("\n")[0], field("AuthenticationErrorDetail")].filter(Boolean).join(
      "; ",
    ),
    requestId: reply.headers.get("x-ms-request-id") ?? undefined,
    marked: reply.origin?.marked || code !== undefined,
  });
}

function errorElement(body: string): XmlElement | undefined {
  if (!body.includes("<Error>")) return undefined;
  try {
    const root = parseXml(body.trimStart());
    return root.name === "Error" ? root : undefined;
  } catch {
    return undefined;
  }
}
