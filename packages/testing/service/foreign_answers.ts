/** An answer that no service of objects gave. */
export interface ForeignAnswer {
  /** The status. */
  readonly status: number;
  /** Headers. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body; HEAD gets its length alone. */
  readonly body: string | Uint8Array<ArrayBuffer>;
}

const LAST_MODIFIED = { "last-modified": "Sat, 28 Nov 2026 08:00:00 GMT" };
const HTML = { "content-type": "text/html", ...LAST_MODIFIED };
const XML = { "content-type": "application/xml", ...LAST_MODIFIED };
const PAGE =
  "<!DOCTYPE html><html><head><title>Guest network</title></head><body>Please log in</body></html>";

/** The name of one of {@linkcode FOREIGN_ANSWERS}. */
export type ForeignAnswerName =
  | "a login page"
  | "a redirect to a login page"
  | "a page with 404"
  | "a page with 403"
  | "200 and nothing"
  | "204"
  | "an error document with 200"
  | "XML of another root"
  | "JSON"
  | "truncated XML"
  | "the etag of another object"
  | "bytes compressed on the way";

/** Answers of proxies, captive portals and services of another kind, by name. */
export const FOREIGN_ANSWERS: Readonly<Record<ForeignAnswerName, ForeignAnswer>> = {
  "a login page": { status: 200, headers: HTML, body: PAGE },
  "a redirect to a login page": {
    status: 302,
    headers: { location: "http://portal.example/login?t=1" },
    body: "",
  },
  "a page with 404": { status: 404, headers: HTML, body: PAGE },
  "a page with 403": { status: 403, headers: HTML, body: PAGE },
  "200 and nothing": { status: 200, headers: LAST_MODIFIED, body: "" },
  "204": { status: 204, headers: LAST_MODIFIED, body: "" },
  "an error document with 200": {
    status: 200,
    headers: XML,
    body: "<?xml version='1.0'?><Error><Code>AccessDenied</Code><Message>no</Message></Error>",
  },
  "XML of another root": { status: 200, headers: XML, body: "<Other><ETag>&quot;e&quot;</ETag></Other>" },
  "JSON": {
    status: 200,
    headers: { "content-type": "application/json", ...LAST_MODIFIED },
    body: '{"error":"log in first"}',
  },
  "truncated XML": { status: 200, headers: XML, body: "<ListBucketResult><Contents><Key>a" },
  "the etag of another object": { status: 200, headers: { etag: '"0123"', ...LAST_MODIFIED }, body: "" },
  "bytes compressed on the way": {
    status: 200,
    headers: { "content-encoding": "gzip", etag: 'W/"0123"', ...LAST_MODIFIED },
    body: new Uint8Array([31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
  },
};
