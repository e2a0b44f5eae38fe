/** Where a request goes, and what its first line says. */
export interface RequestTarget {
  /** Scheme, host and port, the port always named: the key of a pool of connections. */
  readonly endpoint: string;
  /** Whether TLS is spoken. */
  readonly secure: boolean;
  /** Host name or address; an IPv6 address without its brackets. */
  readonly hostname: string;
  /** Port. */
  readonly port: number;
  /** Value of the `host` header: the port only where it is not the scheme's own. */
  readonly host: string;
  /** Path and query, as they were written. */
  readonly path: string;
}

const AUTHORITY = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/;
// RFC 3986: unreserved, sub-delims, ":@/?" and "%"; anything else must come percent-encoded.
const PATH = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/?%]*$/;
const UNENCODED = "it holds a character that must be percent-encoded";

/**
 * Takes an `http:` or `https:` URL apart without touching its path: `..`, `//` and percent-encodings reach the
 * service as they are, because object keys may hold them. A URL that cannot be sent so is a `TypeError`.
 */
export function parseTarget(url: string): RequestTarget {
  const secure = url.startsWith("https://");
  if (!secure && !url.startsWith("http://")) throw refuse(url, "only http:// and https:// can be sent");
  const start = secure ? 8 : 7;
  let end = start;
  while (end < url.length && url[end] !== "/" && url[end] !== "?" && url[end] !== "#") end++;
  const rest = url.slice(end);
  if (!PATH.test(rest)) throw refuse(url, UNENCODED);
  return {
    ...parseAuthority(url, url.slice(start, end), secure),
    path: rest.startsWith("/") ? rest : `/${rest}`,
  };
}

/** Takes URLs apart as {@linkcode parseTarget} does. What it found out of the place of the last one is kept: most go there. */
export class TargetParser {
  /** Scheme and authority, as they were written. */
  #start = "";
  #place: Omit<RequestTarget, "path"> | undefined;

  /** Where a request to `url` goes. */
  parse(url: string): RequestTarget {
    const start = this.#start;
    if (this.#place && url[start.length] === "/" && url.startsWith(start)) {
      const path = url.slice(start.length);
      if (!PATH.test(path)) throw refuse(url, UNENCODED);
      const { endpoint, secure, hostname, port, host } = this.#place;
      return { endpoint, secure, hostname, port, host, path };
    }
    const target = parseTarget(url);
    const end = url.indexOf("/", url.indexOf("://") + 3);
    if (end > 0 && target.path === url.slice(end)) [this.#start, this.#place] = [url.slice(0, end), target];
    return target;
  }
}

function parseAuthority(url: string, authority: string, secure: boolean): Omit<RequestTarget, "path"> {
  const [, address, name, digits] = AUTHORITY.exec(authority) ?? [];
  const hostname = address ?? name;
  const own = secure ? 443 : 80;
  const port = digits === undefined ? own : Number(digits);
  if (hostname === undefined || port < 1 || port > 65_535) throw refuse(url, "it names no host and port");
  const bracketed = (address === undefined ? hostname : `[${address}]`).toLowerCase();
  return {
    endpoint: `${secure ? "https" : "http"}://${bracketed}:${port}`,
    secure,
    hostname: hostname.toLowerCase(),
    port,
    host: port === own ? bracketed : `${bracketed}:${port}`,
  };
}

// Queries hold signatures and user info holds passwords: a message shows neither.
function refuse(url: string, why: string): TypeError {
  const shown = url.split("?")[0]?.replace(/\/\/[^/]*@/, "//");
  return new TypeError(`Cannot send a request to ${JSON.stringify(shown)}: ${why}`);
}
