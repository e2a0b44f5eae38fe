import type { RedirectPolicy, ServiceDialect } from "@lade/service/call";
import { rootName } from "@lade/service/xml";
import type { S3Config } from "../config/s3_config.ts";
import { isAmazonS3 } from "../endpoint/amazon_host.ts";
import type { Endpoint } from "../endpoint/resolve_endpoint.ts";
import { S3_FAULTS, type S3Fault } from "../errors/s3_fault.ts";

/** The form of S3's answers. */
export const S3_DIALECT: ServiceDialect<S3Fault> = {
  faults: S3_FAULTS,
  form: "XML",
  rootOf: rootName,
  errorRoots: ["Error", "ErrorResponse"],
  receipts: ["etag", "x-amz-version-id"],
  // Some services answer writes and removals with a document of their own.
  isReceiptBody: (start) =>
    /^(?:Abort|Create|Delete|Put|Upload)\w*(?:Result|Response|Output)$/.test(rootName(start) ?? ""),
};

/** Which redirects are followed; `endpoint` gives where requests go now. */
export function s3Redirects(
  { allowHttp, redirectHosts: hosts }: Pick<S3Config, "allowHttp" | "redirectHosts">,
  endpoint: () => Pick<Endpoint, "amazon" | "hostname">,
): RedirectPolicy {
  return {
    allowHttp,
    hosts,
    isSigned: (query) => Object.hasOwn(query, "X-Amz-Signature"),
    // Who signed a URL did not know of this wish, and the service refuses such headers that no signature covers.
    unsigned: ({ "x-amz-checksum-mode": _, ...rest }) => rest,
    secretIn: (names) => {
      const secret = names.find((name) => /customer-key|^x-amz-security-token$/i.test(name));
      return secret?.toLowerCase() === "x-amz-security-token" ? "a session token" : secret;
    },
    isOwn: (hostname) => {
      const { amazon, hostname: own } = endpoint();
      return amazon ? isAmazonS3(hostname, own) : undefined;
    },
  };
}
