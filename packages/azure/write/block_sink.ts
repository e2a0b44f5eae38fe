import { crc64nvme } from "@lade/codec/checksum";
import type {
  AdaptiveLimit,
  KeyCall,
  ObjectPart,
  PartOutcome,
  Preconditions,
  PutResult,
  WriterOptions,
  WriteSink,
} from "@lade/core/backend";
import { attributesAsHeaders, conditionHeaders, readEtag, unlikeService } from "@lade/service/body";
import type { TransportResponse } from "@lade/service/http";
import { AZURE_NAMES } from "../client/azure_names.ts";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";

/** Where a blob goes: one Put Blob up to a size, else blocks and the list that makes the blob of them. */
export function blockSink(
  target: AzureTarget,
  key: string,
  call: KeyCall,
  given: WriterOptions,
  concurrency: number | AdaptiveLimit,
  wholeUpTo: number,
): WriteSink {
  const path = pathOf(target, key);
  const headers = { ...attributesAsHeaders(AZURE_NAMES, given), ...conditionHeaders(given) };
  const put = { method: "PUT", path, kind: "write", call } as const;
  const ids: string[] = [];
  return {
    ...call,
    concurrency,
    partLimits: { maxPartSize: 4000 * 2 ** 20, maxParts: 50_000 },
    wholeUpTo,
    async putWhole(bytes, signal) {
      const own = { "x-ms-blob-type": "BlockBlob", ...sumOf(bytes) };
      const request = { ...put, ...once(given), headers: { ...headers, ...own }, body: bytes, signal };
      return receipt(await target.client.send(request), bytes.length, call);
    },
    async writePart({ index }: ObjectPart, bytes: Uint8Array, signal: AbortSignal): Promise<PartOutcome> {
      const blockid = ids[index] = btoa(String(index).padStart(5, "0"));
      const request = {
        ...put,
        query: { comp: "block", blockid },
        headers: sumOf(bytes),
        body: bytes,
        signal,
      };
      const { throttled } = await target.client.send(request);
      return { throttled };
    },
    async commit(size, signal) {
      const list = ids.map((id) => `<Latest>${id}</Latest>`).join("");
      const body = new TextEncoder().encode(
        `<?xml version="1.0" encoding="utf-8"?><BlockList>${list}</BlockList>`,
      );
      const request = { ...put, ...once(given), query: { comp: "blocklist" }, headers, body, signal };
      return receipt(await target.client.send(request), size, call);
    },
  };
}

/** Sent twice, a conditional write would meet what the first one wrote. */
function once({ ifMatch, ifNoneMatch }: Preconditions): { readonly idempotent: boolean } {
  return { idempotent: ifMatch === undefined && ifNoneMatch === undefined };
}

function receipt({ headers }: TransportResponse, size: number, call: KeyCall): PutResult {
  const etag = readEtag(headers);
  if (etag === undefined) {
    throw unlikeService(call, AZURE_NAMES.service, "it does not tell the object's etag");
  }
  const version = headers.get("x-ms-version-id");
  return { size, etag, ...(version === undefined ? {} : { version }) };
}

/** The checksum that the service compares: CRC-64/NVME, lowest byte first. */
function sumOf(bytes: Uint8Array): { "x-ms-content-crc64": string } {
  const sum = new DataView(new ArrayBuffer(8));
  sum.setBigUint64(0, crc64nvme(bytes), true);
  return { "x-ms-content-crc64": btoa(String.fromCharCode(...new Uint8Array(sum.buffer))) };
}
