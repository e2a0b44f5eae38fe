import type { ClientRequest } from "@lade/service/call";
import { type GcsTarget, payer } from "./gcs_target.ts";

/** A request of the JSON API; the query has what `T` has, and who pays is added. */
export type JsonRequest = Omit<ClientRequest, "kind">;

/** The root by which documents of the JSON API are known. */
export const KIND = "kind";

/** Sends a request that a document answers, and gives it; it is `{}` where the service gives none. */
export async function askJson<T>(
  target: Pick<GcsTarget, "json" | "config">,
  { query, ...request }: JsonRequest,
): Promise<T> {
  const asked = { ...request, query: { ...query, ...payer(target) }, root: KIND };
  return await target.json.readDocument(asked, (text): T => JSON.parse(text));
}

/** The body and headers of a request whose body is JSON. */
export function jsonBody(value: unknown): Pick<ClientRequest, "body" | "headers"> {
  return {
    body: new TextEncoder().encode(JSON.stringify(value)),
    headers: { "content-type": "application/json; charset=utf-8" },
  };
}
