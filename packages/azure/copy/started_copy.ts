import { type KeyCall, UnavailableError } from "@lade/core/backend";
import { quoteEtag, readEtag, unlikeService } from "@lade/service/body";
import { type CopySink, type CopyState, startedCopy } from "@lade/service/copy";
import { faultOf } from "@lade/service/errors";
import type { ResponseHeaders } from "@lade/service/http";
import { AZURE_NAMES } from "../client/azure_names.ts";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";
import { STORED_CRC } from "../names/stored_crc.ts";
import { receiptOf } from "./receipt_of.ts";

const MARK = `x-ms-meta-${STORED_CRC}`;

/**
 * A copy that the service makes on its own ("Copy Blob" of the reference), as one part. It is begun with `headers`, which
 * name the source, the conditions and what is not to be taken from it, and waited for while it gets on. One that is given up
 * is aborted, and the empty object that is left of it removed.
 */
export function startedBlobCopy(
  target: AzureTarget,
  key: string,
  call: KeyCall,
  headers: () => Promise<Readonly<Record<string, string>>>,
  isRepeatable: boolean,
): CopySink {
  const { client, config: { bounds }, context: { clock } } = target;
  const to = { path: pathOf(target, key), call };
  const look = async (signal: AbortSignal) =>
    (await client.send({ ...to, method: "HEAD", kind: "head", signal })).headers;
  let asked: Readonly<Record<string, string>> = {};
  const start = async (signal: AbortSignal) => {
    asked = await headers();
    const request = {
      ...to,
      method: "PUT",
      kind: "write",
      statuses: [202],
      headers: asked,
      idempotent: false,
      signal,
    } as const;
    return (await client.send(request)).headers;
  };

  /** Begins once more where the answer is lost: what is pending then, of the same source, is what was begun. */
  async function startOrFind(signal: AbortSignal, isAgain = false): Promise<ResponseHeaders> {
    try {
      return await start(signal);
    } catch (error) {
      if (!isRepeatable || signal.aborted) throw error;
      if (error instanceof UnavailableError && !isAgain) return await startOrFind(signal, true);
      const fault = faultOf(error);
      const mayBeOurs = fault?.code === "PendingCopyOperation" && (isAgain || fault.attempts > 1);
      const pending = mayBeOurs ? await look(signal) : undefined;
      if (pending && isOurs(pending)) return pending;
      throw error;
    }
  }

  /** Whether what is pending has our source, and no mark but ours. */
  function isOurs(pending: ResponseHeaders): boolean {
    const [own, their] = [asked["x-ms-copy-source"], pending.get("x-ms-copy-source")].map(placeOf);
    return own !== undefined && own === their && (pending.get(MARK) ?? asked[MARK]) === asked[MARK];
  }

  return startedCopy({
    call,
    clock,
    patienceMs: bounds.slowAnswerTimeoutMs,
    async start(signal) {
      const state = stateOf(await startOrFind(signal));
      if (state.id !== "") return state;
      throw unlikeService(call, AZURE_NAMES.service, "it does not name the copy");
    },
    look: async (signal) => stateOf(await look(signal)),
    receiptOf: ({ headers }, size) => receiptOf(headers, size, call),
    async abort(id, signal) {
      const once = { ...to, idempotent: true, signal };
      const abort = { query: { comp: "copy", copyid: id }, headers: { "x-ms-copy-action": "abort" } };
      // It may be over meanwhile.
      await client.send({ ...once, ...abort, method: "PUT", kind: "other" }).catch(() => {});
      const now = await look(signal);
      const etag = readEtag(now);
      if (now.get("x-ms-copy-id") !== id || now.get("x-ms-copy-status") === "success" || !etag) return;
      const removal = { method: "DELETE", kind: "removal", statuses: [202] } as const;
      await client.send({ ...once, ...removal, headers: { "if-match": quoteEtag(etag) } });
    },
  });
}

function stateOf(headers: ResponseHeaders): CopyState & { readonly headers: ResponseHeaders } {
  const told = (name: string) => headers.get(`x-ms-copy-${name}`);
  const status = told("status");
  return {
    headers,
    id: told("id") ?? "",
    status: status === "pending" ? status : status === "success" ? "made" : "failed",
    progress: told("progress"),
    reason: told("status-description"),
  };
}

/** A source without what signs it, which the service does not tell; `undefined` for what is no URL. */
function placeOf(source: string | undefined): string | undefined {
  if (source === undefined || !URL.canParse(source)) return undefined;
  const { origin, pathname, searchParams } = new URL(source);
  return JSON.stringify([origin, pathname, searchParams.get("versionid"), searchParams.get("snapshot")]);
}
