import { regionDomain } from "../endpoint/amazon_host.ts";

/** The host of a service of Amazon's in a region. */
export function serviceHost(
  service: string,
  region: string,
  { fips, dualstack }: { readonly fips: boolean; readonly dualstack: boolean },
): string {
  const domain = dualstack ? regionDomain(region).replace("amazonaws.com", "api.aws") : regionDomain(region);
  return `${service}${fips ? "-fips" : ""}.${region}.${domain}`;
}
