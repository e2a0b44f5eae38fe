import type { WireResponse } from "@lade/testing/http";

const FIELDS = { generation: "X-Goog-Generation", updated: "Last-Modified" } as const;

/** An answer that tells another generation or time of its object, or none, in header fields and in its document. */
export function retell(
  response: WireResponse,
  member: keyof typeof FIELDS,
  value: string | undefined,
): WireResponse {
  const { [FIELDS[member]]: told, ...headers } = response.headers;
  const plain = value?.replace(/^"(.*)"$/, "$1");
  if (told !== undefined) {
    return { ...response, headers: { ...headers, ...(plain !== undefined && { [FIELDS[member]]: plain }) } };
  }
  const { body } = response;
  if (!headers["Content-Type"]?.startsWith("application/json") || !(body instanceof Uint8Array)) {
    return response;
  }
  const change = (name: string, old: unknown) => name === member ? plain : old;
  const document = JSON.stringify(JSON.parse(new TextDecoder().decode(body)), change);
  return { ...response, body: new TextEncoder().encode(document) };
}
