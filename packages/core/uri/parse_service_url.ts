import type { ServiceUrl } from "../contract/url_claims.ts";
import { InvalidNameError } from "../errors/errors.ts";

const PATTERN = /^(https?):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?(#.*)?$/is;
/** Characters that the name of a host has at most, and those of a port. */
const MAX_HOST = 253 + ":65535".length;
const HOST = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

/**
 * Cuts an `https:` or `http:` URL; `undefined` for any other URI. The path stays as it is written: no segment is dropped
 * and nothing is decoded. A URL with a user, with a fragment, or without a host is an `InvalidNameError`.
 */
export function parseServiceUrl(uri: string): ServiceUrl | undefined {
  const [, scheme, authority, path = "", query, fragment] = PATTERN.exec(uri) ?? [];
  if (scheme === undefined || authority === undefined) return undefined;
  const secure = scheme.toLowerCase() === "https";
  const host = authority.toLowerCase().replace(secure ? /:443$/ : /:80$/, "");
  const detail = authority.includes("@")
    ? "a URL with a user or password is not taken"
    : host.length > MAX_HOST || !HOST.test(host)
    ? "the URL names no host"
    : fragment !== undefined
    ? 'a "#" ends the path of a URL, write %23 for one in a key'
    : undefined;
  const text = `${scheme}://${authority.slice(authority.lastIndexOf("@") + 1)}${path}`;
  if (detail) throw new InvalidNameError({ operation: "open", uri: text, detail });
  return { text, secure, host, path, ...(query === undefined ? {} : { query }) };
}

/** Why a URL is not taken. */
export function urlFault(url: ServiceUrl, detail: string, advice?: string): InvalidNameError {
  return new InvalidNameError({ operation: "open", uri: url.text, detail, advice });
}

/** A path of a URL, decoded once; what is no percent-encoded UTF-8 is an `InvalidNameError`. */
export function decodeUrlPath(url: ServiceUrl, path: string = url.path): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw urlFault(url, 'its path is not percent-encoded UTF-8, write %25 for a "%"');
  }
}

/** What of a query is taken where a URL names an object. */
export interface TakenQuery {
  /** The names of parameters that hold a signature. */
  readonly signature: RegExp;
  /** Parameters that say nothing more than the path; none by default. */
  readonly idle?: readonly string[];
  /** What to write instead of a parameter. */
  readonly instead?: Readonly<Record<string, string>>;
}

/** Throws an `InvalidNameError` for a URL with a query: nothing of it is honoured, a signature least of all. */
export function refuseUrlQuery(
  url: ServiceUrl,
  uri: string,
  { signature, idle = [], instead = {} }: TakenQuery,
): void {
  const names = (url.query ?? "").split("&").map((each) => each.replace(/=.*/s, ""));
  const foreign = names.filter((name) => name !== "" && !idle.includes(name));
  if (foreign.length === 0) return;
  if (foreign.some((name) => signature.test(name))) {
    throw urlFault(
      url,
      "it is a presigned URL, whose signature stands for one request of another program",
      `fetch it with curl, or name the object by ${JSON.stringify(uri)} and use your own credentials`,
    );
  }
  const listed = foreign.map((name) => JSON.stringify(name)).join(", ");
  const advice = foreign.map((name) => instead[name]).find((each) => each !== undefined);
  throw urlFault(
    url,
    `of the URL of an object no query is taken, and it has ${listed}`,
    advice ?? 'write %3F for a "?" in a key',
  );
}
