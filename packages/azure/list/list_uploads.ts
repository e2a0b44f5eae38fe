import {
  type CallOptions,
  formatUploadName,
  type KeyCall,
  objectUri,
  type PendingUpload,
} from "@lade/core/backend";
import { parallelResults } from "@lade/core/concurrency";
import { checkPrefix, prefixUri, readPages } from "@lade/service/list";
import type { AzureTarget } from "../client/azure_target.ts";
import { mark, ownBlocks } from "../write/resumable_sink.ts";
import { askForBlobs, readEntries } from "./page_of_blobs.ts";

const WIDTH = 16;

/**
 * Lists the writes that were begun and are neither closed nor aborted, by the blocks that they have. Blobs with bytes are not
 * asked for blocks, but for one whose key is the prefix itself: each would take a request.
 */
export async function* listUploads(
  target: AzureTarget,
  prefix: string,
  { signal }: CallOptions,
): AsyncGenerator<PendingUpload, void, void> {
  const uri = prefixUri(target.uri, prefix);
  const call = { operation: "list the uploads of", uri };
  signal?.throwIfAborted();
  const readPage = async (marker?: string) => {
    const query = { include: "uncommittedblobs", prefix: prefix || undefined, marker };
    return await askForBlobs(target, { query, signal, call }, (root) => {
      return readEntries(root, call, ({ key, size }) => ({ key, size }), true);
    });
  };
  async function* candidates() {
    for await (const { page, readNext } of readPages(call, readPage, ({ key }) => key)) {
      readNext();
      for (const { key, size } of page.entries) {
        checkPrefix(call, key, prefix);
        if (size === 0 || key === prefix) yield key;
      }
    }
  }
  const find = async (key: string, stop: AbortSignal): Promise<PendingUpload[]> => {
    const uri = objectUri(target.uri, key);
    const writes = await ownBlocks(target, key, { ...call, uri }, stop);
    return [...writes].map(([id, blocks]) => {
      const begun = blocks.find((block) => block.kind === "begun");
      const parts = blocks.filter(({ kind }) => kind === "part");
      return {
        key,
        id,
        token: formatUploadName({ uri, id }),
        begun: new Date(begun?.kind === "begun" ? begun.time : NaN),
        bytes: parts.reduce((sum, { size }) => sum + size, 0),
      };
    });
  };
  for await (const found of parallelResults(candidates(), WIDTH, find, signal)) yield* found;
}

/** Aborts a write by its name; one that is not pending is no error. */
export async function abortUpload(
  target: AzureTarget,
  key: string,
  writer: string,
  { signal }: CallOptions,
  call: KeyCall,
): Promise<void> {
  const writes = await ownBlocks(target, key, call, signal);
  if (writes.has(writer)) await mark(target, key, { kind: "aborted", writer }, call, signal);
}
