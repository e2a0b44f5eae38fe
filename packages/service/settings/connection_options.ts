import type { Bounds } from "@lade/core/bounds";

/** What the configuration of every service over HTTP has, beside what its backend adds. */
export interface ConnectionOptions extends Partial<Bounds> {
  /** Signs nothing, for public containers. */
  readonly anonymous?: boolean;
  /**
   * Machines that the endpoint is reached at, in place of those its name leads to: `"10.0.0.1,10.0.0.2:9001"`. Names and
   * addresses, each with a port where it is not the endpoint's. Requests are signed for the endpoint, and the certificate
   * has to be its own.
   */
  readonly endpointAddresses?: string | readonly string[];
  /** File of PEM certificates to trust besides the system's. */
  readonly caBundle?: string;
  /** Verifies the service's certificate; true by default. Without it anybody on the way can read and change what is sent. */
  readonly verifySsl?: boolean;
  /** Allows `http://` endpoints that are not on this machine. */
  readonly allowHttp?: boolean;
  /** What carries requests: sockets (`"tcp"`), `fetch`, or what fits platform and proxies (`"auto"`, the default). */
  readonly transport?: "auto" | "tcp" | "fetch";
  /**
   * Asks once more, on another connection, for the head or range of an object that is slower than its peers: at most 5 %
   * more requests, none after a 503; true by default.
   */
  readonly hedging?: boolean;
  /**
   * Threads that large bodies are moved by, at most: else `LADE_LANES`, one for each core (`"auto"`), none where there is
   * one. Each is an isolate with connections of its own, started when a transfer is large enough to pay for it.
   */
  readonly lanes?: number | "auto";
}
