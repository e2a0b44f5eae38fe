import {
  type KeyCall,
  PreconditionFailedError,
  ServiceError,
  StoreError,
  tellLeftover,
  UnavailableError,
} from "@lade/core/backend";
import { quoteEtag, readEtag, unlikeService } from "@lade/service/body";
import type { CopySink } from "@lade/service/copy";
import { ServiceFault } from "@lade/service/errors";
import type { ResponseHeaders } from "@lade/service/http";
import { AZURE_NAMES } from "../client/azure_names.ts";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";
import { receiptOf } from "./receipt_of.ts";

/** Looks are a second apart at first, and half a minute later on. */
const [FIRST_LOOK_MS, LAST_LOOK_MS] = [1_000, 30_000];

/**
 * A copy that the service makes on its own ("Copy Blob" of the reference), as one part. It is begun with `headers`, which
 * name the source, the conditions and what is not to be taken from it, and waited for while it gets on. One that is given up
 * is aborted, and the empty object that is left of it removed.
 */
export function startedCopy(
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
  const start = async (signal: AbortSignal) => {
    const request = {
      ...to,
      method: "PUT",
      kind: "write",
      statuses: [202],
      idempotent: false,
      signal,
    } as const;
    return (await client.send({ ...request, headers: await headers() })).headers;
  };
  let told: ResponseHeaders | undefined;
  let id: string | undefined;

  /** Begins once more where the answer is lost: what is pending then is what was begun. */
  async function startOrFind(signal: AbortSignal): Promise<ResponseHeaders> {
    try {
      return await start(signal);
    } catch (error) {
      if (!isRepeatable || signal.aborted || !(error instanceof UnavailableError)) throw error;
      return await start(signal).catch((again) => {
        const fault = again instanceof StoreError ? again.cause : undefined;
        if (fault instanceof ServiceFault && fault.code === "PendingCopyOperation") return look(signal);
        throw again;
      });
    }
  }

  async function wait(signal: AbortSignal): Promise<ResponseHeaders> {
    let [progress, movedMs, waitMs] = ["0", clock.monotonicMs(), FIRST_LOOK_MS];
    for (; told?.get("x-ms-copy-status") === "pending"; waitMs = Math.min(2 * waitMs, LAST_LOOK_MS)) {
      await clock.sleep(waitMs, signal);
      told = await look(signal);
      if (told.get("x-ms-copy-id") !== id) {
        const detail = "another write replaced the object before its copy was made";
        throw new PreconditionFailedError({ ...call, detail });
      }
      const now = told.get("x-ms-copy-progress") ?? progress;
      if (now !== progress) [progress, movedMs] = [now, clock.monotonicMs()];
      if (clock.monotonicMs() - movedMs <= bounds.slowAnswerTimeoutMs) continue;
      const detail = `the service does not get on with the copy, of which ${progress} bytes are made`;
      throw new UnavailableError({ ...call, detail, advice: "try again later" });
    }
    if (told?.get("x-ms-copy-status") === "success") return told;
    const why = told?.get("x-ms-copy-status-description") ?? "it gives no reason";
    throw new ServiceError({ ...call, detail: `the service could not copy: ${why}` });
  }

  return {
    ...call,
    concurrency: 1,
    async begin(signal) {
      told = await startOrFind(signal);
      id = told.get("x-ms-copy-id");
      if (!id) throw unlikeService(call, AZURE_NAMES.service, "it does not name the copy");
    },
    copyPart: (_, signal) => wait(signal),
    writePart: () => Promise.reject(new TypeError("the service has the bytes")),
    async commit(size, signal) {
      return receiptOf(await wait(signal), size, call);
    },
    async drop(signal) {
      if (id === undefined) return;
      const once = { ...to, idempotent: true, signal };
      const abort = { query: { comp: "copy", copyid: id }, headers: { "x-ms-copy-action": "abort" } };
      try {
        // It may be over meanwhile.
        await client.send({ ...once, ...abort, method: "PUT", kind: "other" }).catch(() => {});
        const now = await look(signal);
        const etag = readEtag(now);
        if (now.get("x-ms-copy-id") !== id || now.get("x-ms-copy-status") === "success" || !etag) return;
        const removal = { method: "DELETE", kind: "removal", statuses: [202] } as const;
        await client.send({ ...once, ...removal, headers: { "if-match": quoteEtag(etag) } });
      } catch (error) {
        throw tellLeftover(error, `copy ${id}`);
      }
    },
  };
}
