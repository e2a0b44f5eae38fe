import { isLocal } from "../http/mod.ts";
import type { Redirect } from "./redirect.ts";

/** Where requests of a service go. */
export interface ServiceEndpoint {
  /** Whether by TLS. */
  readonly secure: boolean;
  /** The `Host` header. */
  readonly host: string;
  /** Host without a port. */
  readonly hostname: string;
}

/** Which redirects are followed, and what goes along. */
export interface RedirectPolicy {
  /** Whether plain HTTP to other machines is allowed. */
  readonly allowHttp: boolean;
  /** Hosts, with or without a port, that the user vouches for. */
  readonly hosts: readonly string[];
  /** Whether the query of a URL carries a signature, so that no other is to be added. */
  isSigned(query: Readonly<Record<string, string>>): boolean;
  /** The headers that go to such a URL. */
  unsigned(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  /** What of the headers with these names is a secret, in words; `undefined` where nothing is. */
  secretIn(names: readonly string[]): string | undefined;
  /**
   * For an endpoint whose domain has hosts of the service beside those of others: whether a host is the service's.
   * `undefined` where nothing is known of the domain.
   */
  isOwn?(hostname: string): boolean | undefined;
}

/**
 * How far a host is trusted that a service redirects to. `"own"`: as the service itself. `"near"`: a machine of the same
 * cluster, by its name or address; it gets a signature of its own, which is of no use elsewhere, and no secret.
 * `"foreign"`: any other.
 */
export type RedirectTrust = "own" | "near" | "foreign";

/** How far the target of a redirect is trusted. */
export function trustRedirect(
  target: Pick<Redirect, "secure" | "host">,
  endpoint: ServiceEndpoint,
  { hosts, isOwn }: Pick<RedirectPolicy, "hosts" | "isOwn">,
): RedirectTrust {
  const hostname = target.host.replace(/:\d+$/, "");
  if (target.secure === endpoint.secure && target.host === endpoint.host) return "own";
  // What was sent by TLS goes nowhere without it, whoever vouches.
  if (endpoint.secure && !target.secure) return "foreign";
  if (hosts.includes(target.host) || hosts.includes(hostname)) return "own";
  const own = isOwn?.(hostname);
  if (own !== undefined) return own ? "own" : "foreign";
  if (hostname.endsWith(`.${endpoint.hostname}`)) return "near";
  return isLocal(hostname) && isLocal(endpoint.hostname) ? "near" : "foreign";
}

/** The name of a header that is a secret whatever the service, where there is one. */
export function secretHeader(headers: Readonly<Record<string, unknown>>): string | undefined {
  return Object.keys(headers).find((name) => /^(?:authorization|cookie)$/i.test(name));
}
