import { EndpointSigns } from "@lade/core/http";

/** What has been found out about a service while it was used. */
export class ServiceTraits {
  /** The service wants the body's SHA-256 in the signature. */
  signPayload = false;
  /** The service refuses requests that carry a checksum. */
  refusesChecksums = false;
  /** Reads of an object's last bytes that it failed. */
  failedSuffixRanges = 0;
  /** What its answers have shown of it. */
  readonly signs: EndpointSigns = new EndpointSigns({
    ids: ["x-amz-request-id", "x-amz-id-2", "x-amzn-requestid"],
    prefixes: ["x-amz-", "x-amzn-"],
  });

  /** The service fails every read of an object's last bytes; one failure may be due to something else. */
  get lacksSuffixRanges(): boolean {
    return this.failedSuffixRanges > 1;
  }
}
