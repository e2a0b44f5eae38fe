import { combineCrc32c, crc32cFromBase64, crc32cToBase64 } from "@lade/codec/checksum";
import {
  ChecksumMismatchError,
  type KeyCall,
  type PutResult,
  type WriterOptions,
  type WriteSink,
} from "@lade/core/backend";
import { conditionHeaders, readReceipt } from "@lade/service/body";
import { type ClientRequest, sendOrFind } from "@lade/service/call";
import { type BulkCarrier, partChecksums, type TransportResponse } from "@lade/service/http";
import { writeLimit } from "@lade/service/store";
import { AZURE_NAMES } from "../client/azure_names.ts";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";
import { formatStoredCrc, STORED_CRC } from "../names/stored_crc.ts";
import { blockId } from "../blocks/block_id.ts";
import { readBlockList, writeBlockList } from "../blocks/block_list.ts";
import { describeBlob } from "../objects/describe_blob.ts";
import { callWith, scopeHeaders } from "./written_headers.ts";

/** A blob that is written. */
export interface BlobWriting {
  /** The blob's key. */
  readonly key: string;
  /** What is being done. */
  readonly call: KeyCall;
  /** What describes the blob; see `writtenHeaders`. */
  readonly headers: Readonly<Record<string, string>>;
  /** Conditions, and how many blocks to send concurrently. */
  readonly options: Pick<WriterOptions, "ifMatch" | "ifNoneMatch" | "concurrency">;
  /** Names who writes: 32 hexadecimal digits that nobody else has. */
  readonly writer: string;
  /** The blocks that earlier writers have sent. */
  readonly sent?: ReadonlyMap<number, SentBlock>;
}

/** A block that the service has. */
export interface SentBlock {
  readonly crc32c: number;
  readonly size: number;
}

/** A name for a writer. */
export function newWriter(): string {
  return crypto.randomUUID().replaceAll("-", "");
}

/** Where a blob goes: one Put Blob up to a size, else blocks, and the list that makes the blob of them. */
export function blockSink(target: AzureTarget, writing: BlobWriting): WriteSink {
  const { client, config } = target;
  const { key, call, options, writer } = writing;
  const { slowAnswerTimeoutMs: firstByteTimeoutMs } = config.bounds;
  const blocks = new Map(writing.sent);
  const put = { method: "PUT", path: pathOf(target, key), kind: "write", call } as const;
  // Sent twice, a conditional write would meet what the first one wrote.
  const idempotent = options.ifMatch === undefined && options.ifNoneMatch === undefined;

  /** Sends what makes the blob. Where only a condition knows whether that was done, the blob that is there tells by its writer. */
  async function make(
    crc32c: number,
    size: number,
    body: Uint8Array,
    { headers: own, ...request }: Pick<ClientRequest, "query" | "headers" | "firstByteTimeoutMs">,
    signal: AbortSignal,
    isOurs: () => Promise<boolean>,
  ): Promise<PutResult> {
    const stored = formatStoredCrc(crc32c, size, writer);
    const kept = config.storedChecksum ? { [`x-ms-meta-${STORED_CRC}`]: stored } : {};
    const headers = { ...writing.headers, ...conditionHeaders(options), ...kept, ...own };
    const told = ({ headers }: Pick<TransportResponse, "headers">): PutResult => ({
      ...readReceipt(AZURE_NAMES, headers, size, call),
      ...(config.storedChecksum && { checksums: { crc32c: crc32cToBase64(crc32c) } }),
    });
    const send = async () => {
      const sent = { ...put, ...request, headers, body, signal, idempotent, call: callWith(headers, call) };
      return told(await client.send(sent));
    };
    if (idempotent) return await send();
    return await sendOrFind(send, async () => {
      const there = await describeBlob(target, key, call, { signal });
      const found = there.headers.get(`x-ms-meta-${STORED_CRC}`);
      return (config.storedChecksum ? found === stored : await isOurs()) ? told(there) : undefined;
    }, signal);
  }

  return {
    ...call,
    concurrency: writeLimit(target, options.concurrency),
    bulk: client.bulk,
    partLimits: { maxPartSize: 4000 * 2 ** 20, maxParts: 50_000 },
    wholeUpTo: config.threshold,
    async putWhole(bytes, signal) {
      const { header, crc32c } = await sumsOf(bytes, client.bulk);
      const headers = { "x-ms-blob-type": "BlockBlob", ...header };
      return await make(crc32c, bytes.length, bytes, { headers }, signal, () => Promise.resolve(false));
    },
    async writePart({ index }, bytes, signal) {
      const { header, sum, crc32c } = await sumsOf(bytes, client.bulk);
      const block = { crc32c, size: bytes.length };
      const query = { comp: "block", blockid: blockId({ kind: "part", writer, index, ...block }) };
      const headers = { ...header, ...scopeHeaders(target) };
      const answer = await client.send({ ...put, query, headers, body: bytes, signal });
      checkSum(answer, sum, call);
      blocks.set(index, block);
      return { throttled: answer.throttled };
    },
    async commit(size, signal) {
      const all = [...blocks].sort(([a], [b]) => a - b).map(([index, block]) => ({ index, ...block }));
      const ids = all.map((block) => blockId({ kind: "part", writer, ...block }));
      const whole = all.reduce((sum, block) => combineCrc32c(sum, block.crc32c, block.size), 0);
      const list = writeBlockList(ids);
      const request = {
        query: { comp: "blocklist" },
        headers: (await sumsOf(list)).header,
        firstByteTimeoutMs,
      };
      return await make(whole, size, list, request, signal, async () => {
        const committed = await readBlockList(target, key, "committed", call, { signal });
        return committed.length === ids.length && committed.every(({ id }, i) => id === ids[i]);
      });
    },
  };
}

/** The blob's checksum and the one that the service compares: CRC-64/NVME, lowest byte first. */
async function sumsOf(bytes: Uint8Array, bulk?: BulkCarrier) {
  // The first one waits less for memory than the other would.
  const { crc64nvme, crc32c } = await partChecksums(bytes, ["crc64nvme", "crc32c"], bulk);
  const sum = btoa([...atob(crc64nvme)].toReversed().join(""));
  return { crc32c: crc32cFromBase64(crc32c), sum, header: { "x-ms-content-crc64": sum } };
}

/** Compares what the service says to have got, in case it passed over what it was told. */
function checkSum({ headers }: TransportResponse, sent: string, { operation, uri }: KeyCall): void {
  const got = headers.get("x-ms-content-crc64") ?? sent;
  if (got === sent) return;
  const detail = `the service got other bytes than were sent: CRC-64 ${got}, ${sent} was sent`;
  throw new ChecksumMismatchError({ operation, uri, detail, retryable: true });
}
