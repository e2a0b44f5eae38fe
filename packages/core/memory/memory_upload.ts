import type { ObjectStore } from "../contract/object_store.ts";
import type { PendingUpload, PutResult } from "../contract/types.ts";
import { NotFoundError, UnavailableError } from "../errors/errors.ts";
import { objectUri } from "../uri/check_key.ts";
import type { ObjectPart, WriteSink } from "../write/write_sink.ts";
import { formatToken, formatUploadName, type TokenUse, type WriteToken } from "../write/write_token.ts";
import type { MemoryContainer, MemoryUpload } from "./memory_container.ts";
import { memoryOf } from "./memory_sink.ts";

/** Begins a resumable write and takes the memory of its object. */
export function beginUpload(
  container: MemoryContainer,
  { size, ...upload }: Pick<MemoryUpload, "key" | "partSize" | "options"> & { readonly size: number },
  { uri, context }: Pick<ObjectStore, "uri" | "context">,
): MemoryUpload {
  const begun: MemoryUpload = {
    ...upload,
    id: crypto.randomUUID(),
    uri: objectUri(uri, upload.key),
    begun: new Date(context.clock.now()),
    bytes: memoryOf(size),
    written: new Set(),
    isHeld: false,
  };
  container.uploads.set(begun.id, begun);
  return begun;
}

/** The upload of an object by its id. */
export function findUpload(container: MemoryContainer, key: string, id: string): MemoryUpload | undefined {
  const upload = container.uploads.get(id);
  return upload?.key === key ? upload : undefined;
}

/** The upload of an object by its token, where no writer is at it. */
export function freeUpload(
  container: MemoryContainer,
  key: string,
  token: WriteToken,
  use: TokenUse,
): MemoryUpload {
  const upload = findUpload(container, key, token.id);
  if (!upload || upload.partSize !== token.partSize || upload.bytes.length !== token.size) {
    throw new NotFoundError({ ...use, detail: "the upload is closed or aborted" });
  }
  if (!upload.isHeld) return upload;
  throw new UnavailableError({ ...use, detail: "another writer is at it; detach that one first" });
}

/** An upload as it is listed. */
export function pendingOf({ key, id, uri, begun, written, partSize, bytes }: MemoryUpload): PendingUpload {
  const lengths = [...written].map((index) => Math.min(partSize, bytes.length - index * partSize));
  const stored = lengths.reduce((sum, length) => sum + length, 0);
  return { key, id, token: formatUploadName({ uri, id }), begun, bytes: stored };
}

/** Puts parts into the memory of an upload, which stays in the container until it is committed or dropped. */
export class MemoryUploadSink implements WriteSink {
  readonly uri: string;
  readonly concurrency = 1;
  readonly dropsQuickly = true;
  readonly #container: MemoryContainer;
  readonly #upload: MemoryUpload;
  readonly #commit: (bytes: Uint8Array<ArrayBuffer>) => PutResult;

  /** Goes on with an upload. `commit` stores the finished object. */
  constructor(
    container: MemoryContainer,
    upload: MemoryUpload,
    commit: (bytes: Uint8Array<ArrayBuffer>) => PutResult,
  ) {
    this.uri = upload.uri;
    this.#container = container;
    this.#upload = upload;
    this.#commit = commit;
    upload.isHeld = true;
  }

  token(size: number, partSize: number): string {
    const { uri, id, options } = this.#upload;
    return formatToken({ uri, id, size, partSize, options, own: {} });
  }

  async writePart({ index, offset }: ObjectPart, bytes: Uint8Array): Promise<void> {
    this.#check();
    this.#upload.bytes.set(bytes, offset);
    this.#upload.written.add(index);
  }

  async commit(_size: number, signal: AbortSignal): Promise<PutResult> {
    signal.throwIfAborted();
    this.#check();
    const result = this.#commit(this.#upload.bytes);
    this.#container.uploads.delete(this.#upload.id);
    return result;
  }

  async leave(): Promise<void> {
    this.#upload.isHeld = false;
  }

  async drop(): Promise<void> {
    this.#container.uploads.delete(this.#upload.id);
  }

  #check(): void {
    const { id, uri } = this.#upload;
    if (this.#container.uploads.has(id)) return;
    throw new NotFoundError({ operation: "write", uri, detail: "the upload was aborted" });
  }
}
