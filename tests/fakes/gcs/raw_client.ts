import { RawConnection, type RawResponse } from "@lade/testing/http";
import type { FakeGcs } from "./fake_gcs.ts";

/** A request to be sent as it is. */
export interface RawRequest {
  /** The method; GET by default. */
  readonly method?: string;
  /** The path and query, not encoded any further. */
  readonly path: string;
  /** Header fields by lower-case name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** The body, in UTF-8 when it is text, in JSON when it is an object. */
  readonly body?: Uint8Array | string | Readonly<Record<string, unknown>>;
  /** The bearer token; that of one who may do everything by default, none when null. */
  readonly token?: string | null;
}

/** Sends one request on a connection of its own. */
export async function gcsRequest(fake: FakeGcs, request: RawRequest): Promise<RawResponse> {
  using connection = await RawConnection.open(fake);
  const { method = "GET", path, body: given, token = fake.issueToken() } = request;
  const isDocument = typeof given === "object" && !(given instanceof Uint8Array);
  const text = isDocument ? JSON.stringify(given) : given;
  const body = typeof text === "string" ? new TextEncoder().encode(text) : text;
  const fields = Object.entries({
    host: `127.0.0.1:${fake.port}`,
    ...(isDocument && { "content-type": "application/json" }),
    ...(body !== undefined && { "content-length": String(body.length) }),
    ...(token !== null && { authorization: `Bearer ${token}` }),
    ...request.headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  await connection.write(`${method} ${path} HTTP/1.1\r\n${fields}\r\n`, body ?? new Uint8Array(0));
  return await connection.read(method);
}

/** Status and reason of an answer's JSON, or code of its XML: `404 notFound`; the status alone where there is neither. */
export function reasonOf({ status, text }: RawResponse): string {
  const reason = /"reason":"(\w+)"/.exec(text)?.[1] ?? /<Code>(\w+)<\/Code>/.exec(text)?.[1];
  return reason === undefined ? String(status) : `${status} ${reason}`;
}
