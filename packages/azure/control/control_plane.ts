import type { BlobServiceClient, StoragePipelineOptions } from "@azure/storage-blob";
import { PermissionDeniedError } from "@lade/core/backend";
import { unlikeService } from "@lade/service/body";
import type { ClientRequest } from "@lade/service/call";
import { AZURE_NAMES } from "../client/azure_names.ts";
import type { AzureTarget } from "../client/azure_target.ts";

/** What the answer of a call has to be, and what else our side of it needs. */
export type ControlCall = Pick<
  ClientRequest,
  "kind" | "statuses" | "root" | "signal" | "idempotent" | "call"
>;

/** Headers that our side writes by itself. */
const OURS = ["accept-encoding", "content-length", "user-agent", "x-ms-client-request-id", "x-ms-version"];

/** A request and an answer as the SDK's `httpClient` hook has them. */
interface SdkClient {
  sendRequest(request: {
    readonly url: string;
    readonly method: string;
    readonly headers: { toJson(): Record<string, string> };
    readonly body?: unknown;
  }): Promise<unknown>;
}

/**
 * Makes a call by the Azure SDK, which the first call loads. It writes the requests and reads the answers; authorization,
 * retries, the judgement of answers and the errors are those of every other request.
 */
export async function control<T>(
  { client, endpoint }: Pick<AzureTarget, "client" | "endpoint">,
  { call, signal, ...rule }: ControlCall,
  make: (service: BlobServiceClient) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const { AnonymousCredential, BlobServiceClient, newPipeline } = await loadSdk(call);
  const httpClient: SdkClient = {
    async sendRequest(request) {
      const { method, url, body } = request;
      const [, path = "/", query = ""] = /^\w+:\/\/[^/?]*([^?]*)\??(.*)$/.exec(url) ?? [];
      const headers = Object.entries(request.headers.toJson()).filter(([name]) => !OURS.includes(name));
      const { status, headers: told, body: answer } = await client.send({
        method,
        path,
        query: Object.fromEntries(new URLSearchParams(query)),
        headers: Object.fromEntries(headers),
        ...(typeof body === "string" && { body: new TextEncoder().encode(body) }),
        signal,
        call,
        ...rule,
      });
      const bodyAsText = await answer.text(2 ** 24).catch((error) => {
        throw client.translate(error, call);
      });
      return { request, status, headers: { toJson: () => told.toRecord() }, bodyAsText };
    },
  };
  const options = { httpClient, retryOptions: { maxTries: 1 } } as unknown as StoragePipelineOptions;
  const pipeline = newPipeline(new AnonymousCredential(), options);
  try {
    return await make(new BlobServiceClient(`${endpoint.url}${endpoint.path}`, pipeline));
  } catch (error) {
    // What the service reports never gets as far as the SDK.
    const isOfSdk = error instanceof Error && error.name === "RestError";
    throw isOfSdk ? unlikeService(call, AZURE_NAMES.service, error.message) : error;
  }
}

/** Without that right the SDK, which names the system to the service, would end the process. */
async function loadSdk(
  { operation, uri }: ControlCall["call"],
): Promise<typeof import("@azure/storage-blob")> {
  const right = await Deno.permissions.request({ name: "sys", kind: "osRelease" });
  try {
    if (right.state !== "granted") throw new Error("it reads the release of the system");
    return await import("@azure/storage-blob");
  } catch (cause) {
    const detail = `the Azure SDK cannot be loaded: ${cause instanceof Error ? cause.message : cause}`;
    throw new PermissionDeniedError({
      operation,
      uri,
      detail,
      advice: "allow it with --allow-sys=osRelease and --allow-env",
      cause,
    });
  }
}
