/** Domains of the partitions of AWS by the beginning of their regions' names; all others are of `amazonaws.com`. */
const DOMAINS: readonly (readonly [string, string])[] = [
  ["cn-", "amazonaws.com.cn"],
  ["us-iso-", "c2s.ic.gov"],
  ["us-isob-", "sc2s.sgov.gov"],
  ["us-isof-", "csp.hci.ic.gov"],
  ["eu-isoe-", "cloud.adc-e.uk"],
  ["eusc-", "amazonaws.eu"],
];

/** What the name of a host of Amazon S3 says. */
export interface AmazonHost {
  /** The bucket; absent where it stands in the path. */
  readonly bucket?: string;
  /** The host without the bucket. */
  readonly service: string;
  /** The region; absent for a host of all regions. */
  readonly region?: string;
  /** Whether it has IPv6 too. */
  readonly dualstack: boolean;
  /** Whether it is validated by FIPS 140. */
  readonly fips: boolean;
  /** Whether it is accelerated. */
  readonly accelerate: boolean;
}

const PATTERN =
  /^(?:(.+)\.)?(s3(?:(-fips)?(?:(\.dualstack)\.|[.-])([a-z]{2,4}(?:-[a-z]+)+-\d+)|(-accelerate)(\.dualstack)?|(-external-1))?)$/;

/**
 * Reads the name of a host of Amazon S3, in lower case: `bucket.s3.eu-west-1.amazonaws.com` and its forms with
 * dualstack, FIPS and acceleration, `s3-eu-west-1`, and `s3` alone; `undefined` for any other, such as that of a web
 * site or of an access point.
 */
export function amazonHost(hostname: string): AmazonHost | undefined {
  const domain = amazonDomain(hostname);
  if (domain === undefined) return undefined;
  const [, bucket, service, fips, dualstack, named, accelerate, acceleratedToo, external] =
    PATTERN.exec(hostname.slice(0, -domain.length - 1)) ?? [];
  if (service === undefined || (named !== undefined && regionDomain(named) !== domain)) return undefined;
  const region = external ? "us-east-1" : named;
  return {
    ...(bucket === undefined ? {} : { bucket }),
    service: `${service}.${domain}`,
    ...(region === undefined ? {} : { region }),
    dualstack: (dualstack ?? acceleratedToo) !== undefined,
    fips: fips !== undefined,
    accelerate: accelerate !== undefined,
  };
}

/** The domain of AWS that a region belongs to. */
export function regionDomain(region: string): string {
  return DOMAINS.find(([prefix]) => region.startsWith(prefix))?.[1] ?? "amazonaws.com";
}

/** Whether a host is one of S3's own. Other hosts under Amazon's domains belong to its customers. */
export function isAmazonS3(hostname: string, endpoint: string): boolean {
  const domain = amazonDomain(endpoint);
  return domain !== undefined && domain === amazonDomain(hostname) && amazonHost(hostname) !== undefined;
}

/** The domain of AWS that a host is below, where it is below one. */
function amazonDomain(hostname: string): string | undefined {
  const domains = ["amazonaws.com", ...DOMAINS.map(([, domain]) => domain)];
  return domains.find((domain) => hostname.endsWith(`.${domain}`));
}
