import { PermissionDeniedError } from "@lade/core/backend";
import { unlikeService } from "@lade/service/body";
import type { ClientRequest } from "@lade/service/call";
import { GCS_NAMES } from "../client/gcs_names.ts";
import type { GcsTarget } from "../client/gcs_target.ts";
import { askJson, jsonBody, removeByJson } from "../client/ask_json.ts";
import type { Storage } from "./sdk.d.ts";

/** What a call is, beside what the SDK says of it. */
export type ControlCall = Pick<ClientRequest, "signal" | "call"> & { readonly idempotent: boolean };

/** A request as the SDK makes it, below the base of the JSON API. */
interface SdkRequest {
  readonly method?: string;
  readonly uri: string;
  readonly qs?: Readonly<Record<string, unknown>>;
  readonly json?: unknown;
}

/**
 * Makes a call by the SDK of Google Cloud Storage, which the first call loads. It writes the requests and reads the answers;
 * authorization, retries, the judgement of answers and the errors are those of every other request.
 */
export async function control<T>(
  target: GcsTarget,
  { call, signal, idempotent }: ControlCall,
  project: string | undefined,
  make: (storage: Storage) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const storage = await openSdk(call, project);
  const send = async ({ method = "GET", uri, qs = {}, json }: SdkRequest): Promise<unknown> => {
    const query = Object.fromEntries(
      Object.entries(qs).filter(([, value]) => value !== undefined).map((
        [name, value],
      ) => [name, String(value)]),
    );
    const path = `/storage/v1/${uri.replace(/^\//, "")}`;
    const request = { method, path, query, idempotent, signal, call };
    if (method === "DELETE") return await removeByJson(target, request);
    const document = method === "GET" && uri === "/b" ? "storage#buckets" : "storage#bucket";
    return await askJson(target, { ...request, document, ...(json !== undefined && jsonBody(json)) });
  };
  const { promise: unread, reject } = Promise.withResolvers<never>();
  storage.request = (request, answered) => {
    send(request as SdkRequest).then((body) => answered(null, body, { body }), (error) => answered(error))
      // What the SDK throws here it tells nobody.
      .catch(() => reject(unlikeService(call, GCS_NAMES.service, "a bucket is none")));
  };
  return await Promise.race([make(storage), unread]);
}

/** The SDK reads the environment as it is loaded, and as it begins. */
async function openSdk({ operation, uri }: ControlCall["call"], project = "-"): Promise<Storage> {
  try {
    const { Storage } = await import("./sdk.ts");
    return new Storage({ projectId: project, retryOptions: { autoRetry: false, maxRetries: 0 } });
  } catch (cause) {
    const detail = `Google's SDK cannot be loaded: ${cause instanceof Error ? cause.message : cause}`;
    const advice = "allow it with --allow-env";
    throw new PermissionDeniedError({ operation, uri, detail, advice, cause });
  }
}
