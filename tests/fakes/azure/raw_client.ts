import { HeaderList, RawConnection, type RawResponse } from "@lade/testing/http";
import { signText, stringToSign } from "./auth/shared_key.ts";
import type { FakeAzure } from "./fake_azure.ts";

/** A request to be signed and sent as it is. */
export interface RawRequest {
  /** The method; GET by default. */
  method?: string;
  /** The path below the account, not encoded any further. */
  path?: string;
  /** The query as sent. */
  query?: string;
  /** Header fields; a lower-case name replaces one the client would add. */
  headers?: Record<string, string>;
  /** The body, in UTF-8 when it is text. */
  body?: Uint8Array | string;
  /** Who signs: the account by its key, or nobody when null. */
  key?: string | null;
  /** The time signed, milliseconds since the epoch. */
  timeMs?: number;
}

/** Sends one request on a connection of its own, signed by the server's own reading of the reference. */
export async function rawRequest(fake: FakeAzure, request: RawRequest): Promise<RawResponse> {
  using connection = await RawConnection.open(fake);
  const { method = "GET", query } = request;
  const { name, keys: [ownKey = ""] } = fake.account;
  const body = typeof request.body === "string" ? new TextEncoder().encode(request.body) : request.body;
  const rawPath = `/${name}${request.path ?? "/"}`;
  const headers: Record<string, string> = {
    host: `127.0.0.1:${fake.port}`,
    "x-ms-date": new Date(request.timeMs ?? fake.clock()).toUTCString(),
    "x-ms-version": "2026-02-06",
    ...(body !== undefined && { "content-length": String(body.length) }),
    ...request.headers,
  };
  if (request.key !== null && headers["authorization"] === undefined) {
    const list = new HeaderList();
    for (const [field, value] of Object.entries(headers)) list.append(field, value);
    const text = stringToSign({ method, rawPath, rawQuery: query ?? "", headers: list }, name);
    headers["authorization"] = `SharedKey ${name}:${signText(text, request.key ?? ownKey)}`;
  }
  const fields = Object.entries(headers).map(([field, value]) => `${field}: ${value}\r\n`).join("");
  const target = query === undefined ? rawPath : `${rawPath}?${query}`;
  await connection.write(`${method} ${target} HTTP/1.1\r\n${fields}\r\n`, body ?? new Uint8Array(0));
  return await connection.read(method);
}

/** The error code in an answer, or its status when there is none. */
export function codeOf(answer: RawResponse): string {
  return answer.headers["x-ms-error-code"] ?? String(answer.status);
}
