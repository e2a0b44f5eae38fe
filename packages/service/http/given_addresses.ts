import type { ResolvedSettings, Sourced } from "@lade/core/settings";
import { hostsOf } from "../settings/hosts_type.ts";
import { isLoopback } from "./host_kinds.ts";

/** The endpoint whose addresses are asked for. */
export interface AskedEndpoint {
  /** Its URL; absent where the service's own endpoints are asked, which there are many of. */
  readonly url: string | undefined;
  /** Whether what is said of addresses in this way is about another endpoint. */
  readonly isAnother: boolean;
}

/**
 * The addresses that are configured for an endpoint in place of those of its name; none where they are another's. Such
 * as cannot be used is a `TypeError` that begins with `subject`.
 */
export function givenAddresses(
  subject: string,
  resolved: ResolvedSettings,
  { url, isAnother }: AskedEndpoint,
): { readonly endpointAddresses?: readonly string[] } {
  const found = resolved.get("endpointAddresses") as Sourced<string | readonly string[]> | undefined;
  if (!found || isAnother) return {};
  const refuse = (why: string) => {
    return new TypeError(`${subject}: endpointAddresses (${found.source}) cannot be used: ${why}`);
  };
  if (url === undefined) throw refuse("no endpoint is configured that could be reached there");
  const endpointAddresses = [...new Set(hostsOf(found.value))];
  const remote = endpointAddresses.find((host) => !isLoopback(host.replace(/:\d+$/, "")));
  if (/^http:/i.test(url) && remote !== undefined && resolved.get("allowHttp")?.value !== true) {
    throw refuse(`plain HTTP to another machine (${remote}) has to be allowed by allowHttp`);
  }
  const transport = resolved.get("transport");
  if (transport?.value !== "fetch") return { endpointAddresses };
  throw refuse(
    `fetch goes where names lead, and it is what carries requests (transport, ${transport.source})`,
  );
}
