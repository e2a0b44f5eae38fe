/** What has been found out about a service while it was used. */
export class ServiceTraits {
  /** The service wants the body's SHA-256 in the signature. */
  signPayload = false;
  /** The service refuses requests that carry a checksum. */
  refusesChecksums = false;
}
