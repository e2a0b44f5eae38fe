import { amazonDomain, type Endpoint, isLoopback } from "../endpoint/resolve_endpoint.ts";
import type { Redirect } from "./read_redirect.ts";

/**
 * How far a host is trusted that a service redirects to. `"own"`: as the service itself. `"near"`: a machine of the same
 * cluster, by its name or address; it gets a signature of its own, which is of no use elsewhere, and no secret.
 * `"foreign"`: any other.
 */
export type RedirectTrust = "own" | "near" | "foreign";

/** Tells how far the target of a redirect is trusted; `hosts` are those that the user vouches for. */
export function trustRedirect(
  target: Pick<Redirect, "secure" | "host">,
  endpoint: Pick<Endpoint, "secure" | "host" | "hostname" | "amazon">,
  hosts: readonly string[],
): RedirectTrust {
  const hostname = target.host.replace(/:\d+$/, "");
  if (target.secure === endpoint.secure && target.host === endpoint.host) return "own";
  // What was sent by TLS goes nowhere without it, whoever vouches.
  if (endpoint.secure && !target.secure) return "foreign";
  if (hosts.includes(target.host) || hosts.includes(hostname)) return "own";
  if (endpoint.amazon) return isAmazonS3(hostname, amazonDomain(endpoint.hostname)) ? "own" : "foreign";
  if (hostname.endsWith(`.${endpoint.hostname}`)) return "near";
  return isLocal(hostname) && isLocal(endpoint.hostname) ? "near" : "foreign";
}

/** The name of a header that carries a secret of the user's, where there is one. */
export function secretHeader(headers: Readonly<Record<string, unknown>>): string | undefined {
  return Object.keys(headers).find((name) => SECRET.test(name));
}

const SECRET = /customer-key|^x-amz-security-token$|^authorization$|^cookie$/i;

/** Hosts under Amazon's domains belong to its customers, but for those of this form. */
function isAmazonS3(hostname: string, domain: string | undefined): boolean {
  if (domain === undefined || !hostname.endsWith(`.${domain}`)) return false;
  return AMAZON_S3.test(hostname.slice(0, -domain.length - 1));
}

const AMAZON_S3 =
  /^(?:[a-z0-9.-]+\.)?s3(?:-fips|-accelerate|-external-1|-[a-z]{2,4}(?:-[a-z]+)+-\d+)?(?:\.dualstack)?(?:\.[a-z]{2,4}(?:-[a-z]+)+-\d+)?$/;

/** Whether a name or address means a machine of this network and nothing in the internet. */
function isLocal(hostname: string): boolean {
  return isLoopback(hostname) || PRIVATE_ADDRESS.test(hostname) || LOCAL_NAME.test(hostname);
}

const PRIVATE_ADDRESS =
  /^(?:10(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d{1,3}){2}|\[f[cd][0-9a-f]{2}:[0-9a-f:]*\]|\[fe80:[0-9a-f:]*\])$/i;
const LOCAL_NAME = /^(?:[a-z][a-z0-9-]*|[a-z0-9.-]+\.(?:local|internal|lan|home\.arpa|svc))$/i;
