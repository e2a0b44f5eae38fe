import { crc32cFromBase64 } from "@lade/codec/checksum";
import {
  checkWriteConditions,
  type CopyOptions,
  type CopyResult,
  type ObjectInfo,
  PreconditionFailedError,
  type PutOptions,
  StoreError,
  UnavailableError,
  UnsupportedError,
} from "@lade/core/backend";
import { conditionHeaders } from "@lade/service/body";
import { copiedAttributes, copyInRanges, copyOfItself } from "@lade/service/copy";
import { faultOf } from "@lade/service/errors";
import type { ServiceCopy } from "@lade/service/store";
import type { AuthorizedTarget } from "../credentials/authorized_target.ts";
import { pathOf } from "../client/azure_target.ts";
import { formatStoredCrc, STORED_CRC } from "../names/stored_crc.ts";
import { headBlob } from "../objects/read_blob.ts";
import { newWriter } from "../write/block_sink.ts";
import { describeBlob } from "../objects/describe_blob.ts";
import { getTags } from "../write/tags.ts";
import { callWith, writtenHeaders } from "../write/written_headers.ts";
import { blockCopy } from "./block_copy.ts";
import { type CopySource, sourceHeaders } from "./copy_source.ts";
import { receiptOf } from "./receipt_of.ts";
import { startedBlobCopy } from "./started_copy.ts";

/** Blobs of so many bytes are copied in one request; the service would take 5,000 MiB, which takes it long. */
const WHOLE_UP_TO = 256 * 2 ** 20;
const BLOCK_SIZE = 64 * 2 ** 20;
/** What only page blobs have, which copies are not. */
const PAGE_TIER = /^P\d+$/;
const CONTENT = [
  "contentType",
  "contentEncoding",
  "cacheControl",
  "contentDisposition",
  "contentLanguage",
] as const;

/** The checksum of a copy bears who made it, so that a copy whose answer was lost is known by it. */
const MARK = `x-ms-meta-${STORED_CRC}`;

/** How a service is asked to copy: in one request, block by block, or to do it on its own. */
export type CopyWay = "whole" | "blocks" | "started";

/** A copy between two keys. */
export type BlobCopy = ServiceCopy<AuthorizedTarget>;

/** A copy whose source was looked at. */
interface SeenCopy extends ServiceCopy<AuthorizedTarget> {
  readonly info: ObjectInfo;
  readonly source: CopySource;
  readonly put: PutOptions;
  readonly options: CopyOptions;
  /** Names who makes it, for its blocks and its checksum. */
  readonly writer: string;
}

/**
 * Copies by the service, held to the content that a HEAD saw, or to `pin` without a condition of the caller. What it refuses
 * to do in one request it is asked to do block by block, and at last on its own; ways that it does not know are remembered.
 */
export async function copyBlob(
  copy: BlobCopy,
  options: CopyOptions,
  pin: string | undefined = options.sourceIfMatch,
): Promise<CopyResult> {
  const { from, to, fromKey, toKey, calls } = copy;
  const { signal, sourceVersion: version, attributes } = options;
  const asked = { ...(signal && { signal }), ...(version !== undefined && { version }) };
  const info = await headBlob(
    from,
    fromKey,
    { ...asked, ...match(pin) },
    calls.from,
  );
  if (from.uri === to.uri && fromKey === toKey && version === undefined && !attributes) {
    checkWriteConditions(calls.to, info.etag ?? "", options);
    return copyOfItself(info);
  }
  const { storageClass, ...untiered } = info;
  const put = await copiedAttributes(
    storageClass !== undefined && PAGE_TIER.test(storageClass) ? untiered : info,
    options,
    () => getTags(from, fromKey, asked, { ...calls.from, operation: "get the tags of" }),
  );
  const source: CopySource = { target: from, key: fromKey, version, etag: info.etag };
  const seen: SeenCopy = { ...copy, info, source, put, options, writer: newWriter() };
  let refusal: unknown = new UnsupportedError({
    ...calls.to,
    detail: "the service copies nothing by itself",
  });
  for (const [way, run] of waysOf(seen)) {
    if (to.traits.refusedCopies?.has(way)) continue;
    try {
      return { ...await run(seen), ...(info.etag !== undefined && { sourceEtag: info.etag }) };
    } catch (error) {
      const found = error instanceof UnavailableError ? await find(seen) : undefined;
      if (found) return found;
      refusal = error;
      const { status, code } = faultOf(error) ?? {};
      if (code === "SourceConditionNotMet") {
        const detail = "it changed while it was copied";
        throw new PreconditionFailedError({ ...calls.from, detail, cause: error });
      }
      if (code === "BlobArchived" && info.storageClass === "Archive" && error instanceof StoreError) {
        throw error.restated(calls.from);
      }
      if (status === 501) to.traits.refusedCopies = new Set([...to.traits.refusedCopies ?? [], way]);
      else if (code !== "CannotVerifyCopySource") throw error;
      // The service says the same of a host that it cannot reach.
      else if (status === 404) await headBlob(from, fromKey, { ...asked, ...match(info.etag) }, calls.from);
    }
  }
  throw refusal;
}

function match(ifMatch: string | undefined): { readonly ifMatch?: string } {
  return ifMatch === undefined ? {} : { ifMatch };
}

type Run = (copy: SeenCopy) => Promise<CopyResult>;

/** The ways to copy it, the best first. A copy that the service makes on its own keeps what describes the content. */
function waysOf({ info, put }: SeenCopy): readonly (readonly [CopyWay, Run])[] {
  const keepsMetadata = Object.keys(put.metadata ?? {}).length > 0 || Object.keys(info.metadata).length === 0;
  const keeps = keepsMetadata && CONTENT.every((name) => put[name] === info[name]);
  return [
    ...info.size <= WHOLE_UP_TO ? [["whole", copyWhole] as const] : [],
    ["blocks", copyBlocks],
    ...keeps ? [["started", copyStarted] as const] : [],
  ];
}

async function copyWhole(copy: SeenCopy): Promise<CopyResult> {
  const { to, toKey, calls, info, source, options } = copy;
  const own = headersOf(copy);
  const { headers } = await to.client.send({
    method: "PUT",
    path: pathOf(to, toKey),
    headers: {
      "x-ms-blob-type": "BlockBlob",
      "x-ms-copy-source-blob-properties": "false",
      ...own,
      ...await sourceHeaders(source, calls.to),
    },
    kind: "write",
    idempotent: isRepeatable(options),
    firstByteTimeoutMs: to.config.bounds.slowAnswerTimeoutMs,
    signal: options.signal,
    call: callWith(own, calls.to),
  });
  return receiptOf(headers, info.size, calls.to);
}

function copyBlocks(copy: SeenCopy): Promise<CopyResult> {
  const { to, toKey, calls, info, source, options } = copy;
  const fetch = () => sourceHeaders(source, calls.to);
  const sink = blockCopy(to, toKey, calls.to, copy.writer, headersOf(copy), fetch, isRepeatable(options));
  return copyInRanges({
    sink,
    source: info,
    partSize: BLOCK_SIZE,
    context: to.context,
    signal: options.signal,
  });
}

function copyStarted(copy: SeenCopy): Promise<CopyResult> {
  const { from, to, toKey, calls, info, source, options } = copy;
  const own = Object.entries(headersOf(copy)).filter(([name]) => !name.startsWith("x-ms-blob-c"));
  const isOwn = from.endpoint.url === to.endpoint.url && from.endpoint.account === to.endpoint.account;
  const headers = async () => ({
    ...Object.fromEntries(own),
    ...await sourceHeaders(source, calls.to, isOwn ? "own" : "later"),
  });
  const sink = startedBlobCopy(to, toKey, calls.to, headers, isRepeatable(options));
  const partSize = Math.max(info.size, 1);
  return copyInRanges({ sink, source: info, partSize, context: to.context, signal: options.signal });
}

/** The copy, where it was made although its answer was lost. */
async function find(copy: SeenCopy): Promise<CopyResult | undefined> {
  const { to, toKey, calls, info, options: { signal } } = copy;
  const mark = headersOf(copy)[MARK];
  if (mark === undefined || signal?.aborted) return undefined;
  const there = await describeBlob(to, toKey, calls.to, signal ? { signal } : {}).catch(() => undefined);
  if (there?.headers.get(MARK) !== mark) return undefined;
  return { ...receiptOf(there.headers, info.size, calls.to), ...(info.etag && { sourceEtag: info.etag }) };
}

/** What describes the copy, with the checksum that the source has, and the conditions. */
function headersOf({ to, calls, info, put, writer, options }: SeenCopy): Record<string, string> {
  const { crc32c, md5 } = info.checksums ?? {};
  return {
    ...writtenHeaders(to, put, calls.to),
    ...(md5 !== undefined && { "x-ms-blob-content-md5": md5 }),
    ...(crc32c !== undefined && to.config.storedChecksum &&
      { [MARK]: formatStoredCrc(crc32cFromBase64(crc32c), info.size, writer) }),
    ...conditionHeaders(options),
  };
}

/** Sent twice, a conditional copy would meet what the first one made. */
function isRepeatable({ ifMatch, ifNoneMatch }: CopyOptions): boolean {
  return ifMatch === undefined && ifNoneMatch === undefined;
}
