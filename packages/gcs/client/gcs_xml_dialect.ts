import type { ServiceDialect } from "@lade/service/call";
import { commonFaultOptions, ServiceFault, xmlFaults } from "@lade/service/errors";
import { rootName } from "@lade/service/xml";
import { REQUEST_ID } from "./gcs_signs.ts";

/** The form of the XML API. What a failure is about stands in `Details`. */
export const GCS_XML_DIALECT: ServiceDialect = {
  form: "XML",
  rootOf: rootName,
  errorRoots: ["Error"],
  receipts: ["etag", "x-goog-generation"],
  isReceiptBody: () => false,
  faults: xmlFaults((field, reply) => {
    const { headers, origin } = reply;
    const code = field("Code");
    return new ServiceFault({
      ...commonFaultOptions(reply),
      code,
      message: [field("Message"), field("Details")].filter(Boolean).join(" "),
      requestId: headers.get(REQUEST_ID) ?? undefined,
      marked: origin?.marked || code !== undefined,
    });
  }),
};
