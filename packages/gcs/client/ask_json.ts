import { unlikeService } from "@lade/service/body";
import type { CallName } from "@lade/core/errors";
import type { ClientRequest } from "@lade/service/call";
import { GCS_NAMES } from "./gcs_names.ts";
import { type GcsTarget, payer } from "./gcs_target.ts";

/** A request of the JSON API; who pays is added to the query. */
export interface JsonRequest extends Omit<ClientRequest, "kind"> {
  /** What its document is of: the kind that the reference gives it, such as `storage#object`. */
  readonly document: DocumentKind;
}

/** The documents of the JSON API that are read. */
export type DocumentKind = `storage#${"object" | "objects" | "rewriteResponse" | "bucket" | "buckets"}`;

/** The root by which documents of the JSON API are known. */
export const KIND = "kind";

/** Sends a request that a document answers, and gives it. One of another kind is a `ServiceError`. */
export async function askJson<T>(
  target: Pick<GcsTarget, "json" | "config">,
  { document, query, ...request }: JsonRequest,
): Promise<T> {
  const asked = { ...request, query: { ...query, ...payer(target) }, root: KIND };
  return await target.json.readDocument(asked, (text) => readDocument<T>(text, document, request.call));
}

/**
 * Reads a document of a kind. Other interfaces, and what stands between, have documents too, and an empty list of theirs is
 * no empty bucket.
 */
export function readDocument<T>(text: string, document: DocumentKind, call: CallName): T {
  const found: unknown = JSON.parse(text);
  const { kind } = (found ?? {}) as { readonly kind?: unknown };
  if (kind === document) return found as T;
  throw unlikeService(call, GCS_NAMES.service, `it is of the kind ${JSON.stringify(kind)}, not ${document}`);
}

/** Sends a request that removes something, which nothing answers: a document is not the service's. */
export async function removeByJson(
  target: Pick<GcsTarget, "json" | "config">,
  { query, ...request }: Omit<ClientRequest, "kind" | "method">,
): Promise<void> {
  const asked = {
    ...request,
    query: { ...query, ...payer(target) },
    method: "DELETE",
    kind: "removal",
  } as const;
  const { body, status } = await target.json.send(asked);
  // Emulators answer with other statuses, and with nothing.
  const said = status === 204 ? "" : await body.text(2 ** 16);
  if (/^\s*(?:null)?\s*$/.test(said)) return;
  throw unlikeService(request.call, GCS_NAMES.service, "a document is no answer to a deletion");
}

/** The body and headers of a request whose body is JSON. */
export function jsonBody(value: unknown): Pick<ClientRequest, "body" | "headers"> {
  return {
    body: new TextEncoder().encode(JSON.stringify(value)),
    headers: { "content-type": "application/json; charset=utf-8" },
  };
}
