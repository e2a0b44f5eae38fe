import {
  foreignToken,
  formatToken,
  type KeyCall,
  NotFoundError,
  partLength,
  PermissionDeniedError,
  type ResumeOptions,
  type WriteSink,
  type WriteToken,
} from "@lade/core/backend";
import { type FailedCall, faultOf } from "@lade/service/errors";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";
import { blockId, type NamedBlock, readBlockId } from "../blocks/block_id.ts";
import { readBlockList } from "../blocks/block_list.ts";
import { type BlobWriting, blockSink, type SentBlock } from "./block_sink.ts";
import { scopeHeaders } from "./written_headers.ts";

/** A block of a write that is not closed. */
export type PendingBlock = NamedBlock & { readonly size: number };

/**
 * Makes a blob of blocks, however small it is. A first block without bytes of the blob shows that the write was begun, another
 * one that it was aborted, since nobody can remove blocks from a blob that is not there. The service drops all of them with
 * the next blob that is made under the key, or a week after the last one.
 */
export function resumableSink(target: AzureTarget, writing: BlobWriting): WriteSink {
  const { key, call, headers, options, writer, sent } = writing;
  const sink = blockSink(target, writing);
  return {
    ...sink,
    wholeUpTo: -1,
    begin: (signal) =>
      sent
        ? Promise.resolve()
        : mark(target, key, { kind: "begun", writer, time: target.context.clock.now() }, call, signal),
    token: (size, partSize) =>
      formatToken({
        uri: call.uri,
        id: writer,
        size,
        partSize,
        options,
        own: { headers: JSON.stringify(headers) },
      }),
    async commit(size, signal) {
      await readableBlocks(target, key, writer, call, signal);
      return await sink.commit(size, signal);
    },
    leave: () => Promise.resolve(),
    drop: (signal) => mark(target, key, { kind: "aborted", writer }, call, signal),
  };
}

/** What goes on with a write by its token. */
export async function resumeWriting(
  target: AzureTarget,
  key: string,
  token: WriteToken,
  { concurrency, signal }: ResumeOptions,
  call: KeyCall,
): Promise<{ readonly sink: WriteSink; readonly written: Iterable<number> }> {
  const headers = readHeaders(token, call);
  const sent = new Map<number, SentBlock>();
  for (const block of await readableBlocks(target, key, token.id, call, signal)) {
    if (block.kind !== "part") continue;
    const { index, crc32c, size: found } = block;
    // One of another size is of a token that was changed.
    if (found === partLength(index, token)) sent.set(index, { crc32c, size: found });
  }
  const options = { ...token.options, ...(concurrency !== undefined && { concurrency }) };
  const createOnly = options.ifNoneMatch === "*";
  const writing = {
    key,
    call: { ...call, operation: "write", createOnly },
    headers,
    options,
    writer: token.id,
    sent,
  };
  return { sink: resumableSink(target, writing), written: sent.keys() };
}

/** `pendingBlocks`, but none where only writing is permitted. All are sent again then; a list with one that is gone is refused. */
async function readableBlocks(...asked: Parameters<typeof pendingBlocks>): Promise<readonly PendingBlock[]> {
  try {
    return await pendingBlocks(...asked);
  } catch (error) {
    if (!(error instanceof PermissionDeniedError)) throw error;
    return [];
  }
}

/** The blocks that the service has of a write; a `NotFoundError` where that is closed or aborted. */
export async function pendingBlocks(
  target: AzureTarget,
  key: string,
  writer: string,
  call: FailedCall,
  signal?: AbortSignal,
): Promise<readonly PendingBlock[]> {
  const blocks = (await ownBlocks(target, key, call, signal)).get(writer);
  if (blocks) return blocks;
  throw new NotFoundError({
    operation: call.operation,
    uri: call.uri,
    detail: "the upload is closed or aborted, or was dropped when another write of the object ended",
  });
}

/** The blocks that the service has of a key, by writer: of all writes that were begun and are neither closed nor aborted. */
export async function ownBlocks(
  target: AzureTarget,
  key: string,
  call: FailedCall,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly PendingBlock[]>> {
  const stored = await readBlockList(target, key, "uncommitted", call, signal ? { signal } : {}).catch(
    (error) => {
      if (!isMissingBlob(error)) throw error;
      return [];
    },
  );
  const named = stored.flatMap(({ id, size }): PendingBlock[] => {
    const block = readBlockId(id);
    return block ? [{ ...block, size }] : [];
  });
  const writes = Map.groupBy(named, ({ writer }) => writer);
  for (const [writer, blocks] of writes) {
    const has = (kind: NamedBlock["kind"]) => blocks.some((block) => block.kind === kind);
    if (!has("begun") || has("aborted")) writes.delete(writer);
  }
  return writes;
}

/** Sends a block that stands for a state of a write, and becomes part of no blob. */
export async function mark(
  target: AzureTarget,
  key: string,
  block: NamedBlock,
  call: FailedCall,
  signal?: AbortSignal,
): Promise<void> {
  const query = { comp: "block", blockid: blockId(block) };
  const request = { method: "PUT", path: pathOf(target, key), query, body: new Uint8Array(1), signal, call };
  await target.client.send({ ...request, headers: scopeHeaders(target), kind: "write" });
}

function isMissingBlob(error: unknown): boolean {
  const fault = error instanceof NotFoundError ? faultOf(error) : undefined;
  return fault !== undefined && fault.code !== "ContainerNotFound";
}

/** The headers that a token keeps for the blob: none but such as describe one. */
function readHeaders({ own }: WriteToken, call: KeyCall): Readonly<Record<string, string>> {
  try {
    const headers: Record<string, unknown> = JSON.parse(own["headers"] ?? "");
    const isOurs = Object.entries(headers).every(([name, value]) =>
      /^x-ms-(?:blob-c|meta-|tags$|access-tier$|encryption-scope$)/.test(name) && typeof value === "string"
    );
    if (isOurs) return headers as Record<string, string>;
  } catch {
    // It is none of this store.
  }
  throw foreignToken(call);
}
