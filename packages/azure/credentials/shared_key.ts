import type { Clock } from "@lade/core/backend";
import { HmacKey, Sha256 } from "@lade/codec/hash";
import type { Authorizer, UnauthorizedRequest } from "@lade/service/call";
import { API_VERSION } from "../client/api_version.ts";
import type { AzureEndpoint } from "../client/azure_target.ts";
import type { AzureCredential } from "./azure_credential.ts";

const SIGNED = [
  "content-encoding",
  "content-language",
  "content-length",
  "content-md5",
  "content-type",
  "date",
  "if-modified-since",
  "if-match",
  "if-none-match",
  "if-unmodified-since",
  "range",
];

/** Signs requests by a key of the account ("Authorize with Shared Key" of the service's reference). */
export function sharedKeyAuthorizer(
  { account, key }: AzureCredential,
  { account: owner }: AzureEndpoint,
  clock: Clock,
): () => Authorizer {
  const hmac = new HmacKey(new Sha256(), Uint8Array.from(atob(key), (char) => char.charCodeAt(0)));
  return () => ({
    authorize(request) {
      const headers = {
        ...request.headers,
        "x-ms-date": new Date(clock.now()).toUTCString(),
        "x-ms-version": API_VERSION,
      };
      const signature = btoa(
        String.fromCharCode(...hmac.digest(stringToSign({ ...request, headers }, owner))),
      );
      return [...Object.entries(headers), ["authorization", `SharedKey ${account}:${signature}`]];
    },
    correct: () => Promise.resolve(false),
  });
}

/** What a signature covers. */
export function stringToSign(request: UnauthorizedRequest, account: string): string {
  const { method, path, query, body } = request;
  const length = body === undefined
    ? 0
    : body instanceof Uint8Array
    ? body.length
    : body.reduce((sum, { length }) => sum + length, 0);
  const headers: Record<string, string> = {
    ...request.headers,
    "content-length": length === 0 ? "" : String(length),
  };
  const own = Object.keys(headers).filter((name) => name.startsWith("x-ms-")).sort();
  const asked = query.split("&").filter((each) => each !== "").map((each) => {
    const [name = "", value = ""] = each.split("=").map(decodeURIComponent);
    return [name.toLowerCase(), value] as const;
  }).sort(([a], [b]) => a < b ? -1 : 1);
  return [
    method,
    ...SIGNED.map((name) => headers[name] ?? ""),
    ...own.map((name) => `${name}:${headers[name]?.trim()}`),
    `/${account}${path}${asked.map(([name, value]) => `\n${name}:${value}`).join("")}`,
  ].join("\n");
}
