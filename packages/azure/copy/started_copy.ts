import {
  type KeyCall,
  PreconditionFailedError,
  ServiceError,
  tellLeftover,
  UnavailableError,
} from "@lade/core/backend";
import { quoteEtag, readEtag, unlikeService } from "@lade/service/body";
import type { CopySink } from "@lade/service/copy";
import { faultOf } from "@lade/service/errors";
import type { ResponseHeaders } from "@lade/service/http";
import { AZURE_NAMES } from "../client/azure_names.ts";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";
import { STORED_CRC } from "../names/stored_crc.ts";
import { receiptOf } from "./receipt_of.ts";

/** Looks are a second apart at first, and half a minute later on. */
const [FIRST_LOOK_MS, LAST_LOOK_MS] = [1_000, 30_000];
const MARK = `x-ms-meta-${STORED_CRC}`;

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
  let told: ResponseHeaders | undefined;
  let id: string | undefined;

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

/** A source without what signs it, which the service does not tell; `undefined` for what is no URL. */
function placeOf(source: string | undefined): string | undefined {
  if (source === undefined || !URL.canParse(source)) return undefined;
  const { origin, pathname, searchParams } = new URL(source);
  return JSON.stringify([origin, pathname, searchParams.get("versionid"), searchParams.get("snapshot")]);
}
