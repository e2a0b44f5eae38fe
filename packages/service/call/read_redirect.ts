import { encodeQuery, isLoopback, type TransportResponse } from "../http/mod.ts";
import type { RedirectPolicy } from "./redirect_trust.ts";
import type { Redirect } from "./redirect.ts";

const LOCATION =
  /^(https?):\/\/([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?(\/[^?#]*)?(?:\?([^#]*))?(?:#|$)/i;

/**
 * Where a 307 or 308 that names a `Location` sends the request on to. The path is kept to the byte. A redirect to plain
 * HTTP on another machine is not followed unless that is allowed.
 */
export function readRedirect(
  response: Pick<TransportResponse, "status" | "headers">,
  { allowHttp, isSigned }: Pick<RedirectPolicy, "allowHttp" | "isSigned">,
): Redirect | undefined {
  if (response.status !== 307 && response.status !== 308) return undefined;
  const [, scheme, hostname, port = "", path = "/", rest = ""] =
    LOCATION.exec(response.headers.get("location") ?? "") ?? [];
  if (scheme === undefined || hostname === undefined) return undefined;
  const secure = scheme.toLowerCase() === "https";
  if (!secure && !allowHttp && !isLoopback(hostname)) return undefined;
  const query = readQuery(rest);
  return query && {
    secure,
    host: hostname.toLowerCase() + (port === (secure ? ":443" : ":80") ? "" : port),
    path,
    query: encodeQuery(query),
    presigned: isSigned(query),
  };
}

function readQuery(text: string): Record<string, string> | undefined {
  const query: Record<string, string> = {};
  try {
    for (const pair of text.split("&")) {
      if (pair === "") continue;
      const at = pair.indexOf("=");
      const name = decodeURIComponent(at < 0 ? pair : pair.slice(0, at));
      query[name] = at < 0 ? "" : decodeURIComponent(pair.slice(at + 1));
    }
  } catch {
    return undefined;
  }
  return query;
}
