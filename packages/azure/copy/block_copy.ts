import type { KeyCall } from "@lade/core/backend";
import type { CopySink } from "@lade/service/copy";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";
import { blockId } from "../blocks/block_id.ts";
import { writeBlockList } from "../blocks/block_list.ts";
import { scopeHeaders } from "../write/written_headers.ts";
import { receiptOf } from "./receipt_of.ts";

/** Blocks that the service fetches at the same time. */
const BLOCKS_IN_FLIGHT = 16;

/**
 * A copy that the service makes block by block, each fetched as `source` says, and listed with `headers`. Blocks of a copy that
 * is given up belong to no blob; the service drops them after a week, or with the next write to the key.
 */
export function blockCopy(
  target: AzureTarget,
  key: string,
  call: KeyCall,
  writer: string,
  headers: Readonly<Record<string, string>>,
  source: () => Promise<Readonly<Record<string, string>>>,
  idempotent: boolean,
): CopySink {
  const { client, config: { bounds } } = target;
  const put = { method: "PUT", path: pathOf(target, key), kind: "write", call } as const;
  const ids: string[] = [];
  return {
    ...call,
    concurrency: BLOCKS_IN_FLIGHT,
    partLimits: { maxPartSize: 4000 * 2 ** 20, maxParts: 50_000 },
    async copyPart({ index, offset, length }, signal) {
      const blockid = ids[index] = blockId({ kind: "part", writer, index, crc32c: 0 });
      await client.send({
        ...put,
        query: { comp: "block", blockid },
        headers: {
          ...await source(),
          ...scopeHeaders(target),
          "x-ms-source-range": `bytes=${offset}-${offset + length - 1}`,
        },
        firstByteTimeoutMs: bounds.slowAnswerTimeoutMs,
        signal,
      });
    },
    writePart: () => Promise.reject(new TypeError("the service has the bytes")),
    async commit(size, signal) {
      const body = writeBlockList(ids);
      const request = { ...put, query: { comp: "blocklist" }, headers, body, idempotent, signal };
      return receiptOf((await client.send(request)).headers, size, call);
    },
  };
}
