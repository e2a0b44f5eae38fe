import { Sha256 } from "@lade/codec/hash";
import { encodeQuery } from "@lade/service/http";

/** What a signed URL is for. */
export interface SignedRequest {
  /** The method. */
  readonly method: string;
  /** URL of the object, without a query. */
  readonly url: URL;
  /** Further parameters of its query. */
  readonly query?: Readonly<Record<string, string>>;
  /** Headers, in lower case, that have to be sent with it; values without spaces. */
  readonly headers?: Readonly<Record<string, string>>;
  /** When it begins, in milliseconds since 1970; whole seconds count. */
  readonly nowMs: number;
  /** How long it works. */
  readonly seconds: number;
}

const ALGORITHM = "GOOG4-RSA-SHA256";

/** The URL signed by an account ("V4 signing process with your own program"); what it lets be sent as body is not signed. */
export async function signUrl(
  { method, url, query, headers = {}, nowMs, seconds }: SignedRequest,
  email: string,
  sign: (bytes: Uint8Array) => Promise<Uint8Array>,
): Promise<URL> {
  const time = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, "");
  const scope = `${time.slice(0, 8)}/auto/storage/goog4_request`;
  const sent = Object.entries({ ...headers, host: url.host }).sort(([one], [other]) => one < other ? -1 : 1);
  const names = sent.map(([name]) => name).join(";");
  const asked = encodeQuery({
    ...query,
    "X-Goog-Algorithm": ALGORITHM,
    "X-Goog-Credential": `${email}/${scope}`,
    "X-Goog-Date": time,
    "X-Goog-Expires": String(seconds),
    "X-Goog-SignedHeaders": names,
  });
  const lines = sent.map(([name, value]) => `${name}:${value}\n`).join("");
  const request = [method, url.pathname, asked, lines, names, "UNSIGNED-PAYLOAD"].join("\n");
  const text = [ALGORITHM, time, scope, new Sha256().hex(request)].join("\n");
  const signature = Array.from(
    await sign(new TextEncoder().encode(text)),
    (byte) => byte.toString(16).padStart(2, "0"),
  );
  return new URL(`${url}?${asked}&X-Goog-Signature=${signature.join("")}`);
}
