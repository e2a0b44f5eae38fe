import {
  commonFaultOptions,
  type FaultReader,
  ServiceFault,
  type ServiceFaultOptions,
  xmlFaults,
} from "@lade/service/errors";

/** What an {@linkcode S3Fault} is made of. */
export interface S3FaultOptions extends ServiceFaultOptions {
  /** The region that the service names as the right one. */
  readonly region?: string | undefined;
  /** The host that the service names as the right one. */
  readonly endpoint?: string | undefined;
  /** Host, with its port, that the answer redirects to. */
  readonly redirectHost?: string | undefined;
  /** The condition that did not hold, as the service names it. */
  readonly condition?: string | undefined;
  /** The failure is about the latest version, which is a delete marker. */
  readonly deleteMarker?: boolean;
}

/** A failure as S3 reported it. */
export class S3Fault extends ServiceFault {
  /** The region that the service names as the right one. */
  readonly region: string | undefined;
  /** The host that the service names as the right one. */
  readonly endpoint: string | undefined;
  /** Host, with its port, that the answer redirects to. */
  readonly redirectHost: string | undefined;
  /** The condition that did not hold, as the service names it. */
  readonly condition: string | undefined;
  /** The failure is about the latest version, which is a delete marker. */
  readonly deleteMarker: boolean;

  /** Describes one failure. */
  constructor(options: S3FaultOptions) {
    super(options);
    this.region = options.region;
    this.endpoint = options.endpoint;
    this.redirectHost = options.redirectHost;
    this.condition = options.condition;
    this.deleteMarker = options.deleteMarker ?? false;
  }
}

/** Reads the failures that S3 reports: an XML document, and headers beside it. */
export const S3_FAULTS: FaultReader<S3Fault> = xmlFaults((field, reply) => {
  const { headers, origin, status } = reply;
  const header = (name: string) => headers.get(name) || undefined;
  const serverTime = Date.parse(field("ServerTime") ?? "");
  const size = field("ActualObjectSize");
  return new S3Fault({
    ...commonFaultOptions(reply),
    code: field("Code"),
    message: field("Message"),
    requestId: field("RequestId") ?? header("x-amz-request-id"),
    ...(Number.isNaN(serverTime) ? {} : { serverTimeMs: serverTime }),
    ...(size === undefined ? {} : { objectSize: Number(size) }),
    marked: origin?.marked || field("Code") !== undefined,
    region: header("x-amz-bucket-region") ?? field("Region"),
    endpoint: field("Endpoint"),
    redirectHost: status === 307 || status === 308 ? URL.parse(header("location") ?? "")?.host : undefined,
    condition: field("Condition"),
    deleteMarker: header("x-amz-delete-marker") === "true",
  });
});
