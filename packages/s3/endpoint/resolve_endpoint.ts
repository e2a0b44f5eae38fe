import { plainHttpFault } from "@lade/service/http";
import { regionDomain } from "./amazon_host.ts";
import { fitsHostLabel } from "./check_bucket.ts";

/** Where requests about a bucket (or, without one, about the account) go. */
export interface Endpoint {
  /** Whether by TLS. */
  readonly secure: boolean;
  /** Host name, or address in brackets. */
  readonly hostname: string;
  /** Port. */
  readonly port: number;
  /** The `Host` header: host name, and the port where it is not the scheme's own. */
  readonly host: string;
  /** What stands before `/key` in the path, encoded; empty where the host names the bucket. */
  readonly pathPrefix: string;
  /** Scheme, host and path of the service itself, without a bucket. */
  readonly serviceUrl: string;
  /** Whether the bucket stands in the path. */
  readonly pathStyle: boolean;
  /** Whether this is Amazon's own service, found by the region. */
  readonly amazon: boolean;
}

/** What an endpoint follows from. */
export interface EndpointConfig {
  /** The region; decides where `endpoint` is absent. */
  readonly region: string;
  /** Base URL of the service; absent for Amazon's own. */
  readonly endpoint?: string | undefined;
  /** Where that was said, for messages. */
  readonly endpointSource?: string | undefined;
  /** The bucket; absent for calls about the account. */
  readonly bucket?: string | undefined;
  /** Whether the bucket stands in the path, where that is asked for. */
  readonly forcePathStyle?: boolean | undefined;
  /** Whether to use Amazon's endpoints that also have IPv6. */
  readonly dualstack: boolean;
  /** Whether to use Amazon's endpoints validated by FIPS 140. */
  readonly fips: boolean;
  /** Whether to use Amazon's accelerated endpoint, where there is a bucket; `false` by default. */
  readonly accelerate?: boolean | undefined;
  /** Whether plain HTTP may leave this machine. */
  readonly allowHttp: boolean;
}

/** Finds host and path. A base URL that is none, or that is plain HTTP where that is not allowed, is a `TypeError`. */
export function resolveEndpoint(config: EndpointConfig): Endpoint {
  const base = config.endpoint === undefined ? amazonBase(config) : parseBase(config.endpoint, config);
  const amazon = config.endpoint === undefined || /(^|\.)amazonaws\.com(\.cn)?$/.test(base.hostname);
  const pathStyle = config.bucket !== undefined && (config.forcePathStyle ??
    (!amazon || !fitsHostLabel(config.bucket)));
  const inHost = config.bucket !== undefined && !pathStyle;
  const secure = base.protocol === "https:";
  const port = base.port === "" ? (secure ? 443 : 80) : Number(base.port);
  const hostname = inHost ? `${config.bucket}.${base.hostname}` : base.hostname;
  const path = base.pathname.replace(/\/+$/, "");
  return {
    secure,
    hostname,
    port,
    host: base.port === "" ? hostname : `${hostname}:${base.port}`,
    pathPrefix: pathStyle ? `${path}/${config.bucket}` : path,
    serviceUrl: `${base.protocol}//${base.host}${path}`,
    pathStyle,
    amazon,
  };
}

function amazonBase({ region, dualstack, fips, accelerate, bucket, forcePathStyle }: EndpointConfig): URL {
  if (accelerate && bucket !== undefined) {
    if (forcePathStyle || !fitsHostLabel(bucket)) {
      throw new TypeError(
        `Cannot use the accelerated endpoint for bucket ${
          JSON.stringify(bucket)
        }: its name has to fit into a host`,
      );
    }
    return new URL(`https://s3-accelerate${dualstack ? ".dualstack" : ""}.amazonaws.com`);
  }
  return new URL(
    `https://s3${fips ? "-fips" : ""}${dualstack ? ".dualstack" : ""}.${region}.${regionDomain(region)}`,
  );
}

function parseBase(endpoint: string, { allowHttp, endpointSource }: EndpointConfig): URL {
  const by = endpointSource === undefined || endpointSource === "option" ? "" : ` (${endpointSource})`;
  const quoted = JSON.stringify(endpoint.replace(/\/\/[^/]*@/, "//")) + by;
  const url = URL.parse(endpoint);
  if (!url || !/^https?:$/.test(url.protocol) || url.search || url.hash || url.username || url.password) {
    throw new TypeError(`Cannot use endpoint ${quoted}: a URL such as https://host:9000 is needed`);
  }
  const fault = plainHttpFault(url, allowHttp);
  if (fault) throw new TypeError(`Cannot use endpoint ${quoted}: ${fault}`);
  return url;
}
