/** The environment variables that choose a proxy. */
export type ProxyEnvironment = Readonly<Record<string, string | undefined>>;

/** Names of those variables, in the order they are read for one purpose. */
export const PROXY_VARIABLES: readonly string[] = [
  "http_proxy",
  "HTTP_PROXY",
  "https_proxy",
  "HTTPS_PROXY",
  "all_proxy",
  "ALL_PROXY",
  "no_proxy",
  "NO_PROXY",
];

/**
 * The URL of the proxy that a request to `url` goes through, or nothing, by the rules that curl and others share:
 * `HTTP_PROXY` or `HTTPS_PROXY` by the scheme, else `ALL_PROXY`, in either case of letters; `NO_PROXY` lists hosts
 * with their subdomains, `host:port`, addresses, IPv4 networks (`10.0.0.0/8`), or is `*`.
 */
export function proxyForUrl(url: string, env: ProxyEnvironment): string | undefined {
  const { hostname, port, protocol } = new URL(url);
  const scheme = protocol.slice(0, -1);
  const proxy = first(env, `${scheme}_proxy`, `${scheme.toUpperCase()}_PROXY`, "all_proxy", "ALL_PROXY");
  if (proxy === undefined) return undefined;
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const exceptions = (first(env, "no_proxy", "NO_PROXY") ?? "").split(/[\s,]+/).filter(Boolean);
  const ownPort = port || (scheme === "https" ? "443" : "80");
  if (exceptions.some((exception) => isException(exception.toLowerCase(), host, ownPort))) return undefined;
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
}

function first(env: ProxyEnvironment, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = env[name]?.trim();
    if (value) return value;
  }
}

function isException(exception: string, host: string, port: string): boolean {
  if (exception === "*") return true;
  const network = /^([\d.]+)\/(\d{1,2})$/.exec(exception);
  if (network) return isWithin(host, network[1] ?? "", Number(network[2]));
  const [, bracketed, plain, wantedPort] = /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(exception) ?? [];
  if (wantedPort !== undefined && wantedPort !== port) return false;
  const name = (bracketed ?? plain ?? exception).replace(/^\*?\.+/, "");
  return host === name || host.endsWith(`.${name}`);
}

function isWithin(host: string, network: string, bits: number): boolean {
  const [address, base] = [toNumber(host), toNumber(network)];
  if (address === undefined || base === undefined || bits > 32) return false;
  const size = 2 ** (32 - bits);
  return Math.floor(address / size) === Math.floor(base / size);
}

function toNumber(address: string): number | undefined {
  const parts = address.split(".").map(Number);
  const valid = parts.length === 4 &&
    parts.every((part) => Number.isInteger(part) && part >= 0 && part <= 255);
  return valid ? parts.reduce((sum, part) => sum * 256 + part, 0) : undefined;
}
