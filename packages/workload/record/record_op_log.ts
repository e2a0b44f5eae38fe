import type { ByteRange, ObjectStore } from "@lade/core";
import { StoreError } from "@lade/core/errors";
import { observe, type StoreEvent, type StoreOperation } from "@lade/core/layers";
import { redactSecrets } from "@lade/core/text";
import type { OpLogRow } from "../rows/op_log_row.ts";
import type { OpLog } from "./op_log.ts";

/** What calls are in an op-log. */
const OPS: Readonly<Record<StoreOperation, string>> = {
  get: "GET",
  head: "STAT",
  put: "PUT",
  write: "PUT",
  list: "LIST",
  listWithDelimiter: "LIST",
  listVersions: "LIST",
  listVersionsWithDelimiter: "LIST",
  listUploads: "LISTUPLOADS",
  abortUpload: "ABORTUPLOAD",
  delete: "DELETE",
  deleteMany: "DELETE",
  copy: "COPY",
  copyFrom: "COPY",
  setAttributes: "SETATTRIBUTES",
  getTags: "GETTAGS",
  rename: "RENAME",
  presign: "PRESIGN",
};
const ENTRIES: ReadonlySet<string> = new Set(["LIST", "LISTUPLOADS"]);
const LONGEST_ERROR = 500;

/**
 * Records every call on a store in an op-log: a row for each, and for `deleteMany` one for each object. Several stores
 * share a log. Calls wait, before they begin, while the log has too much to write. The store otherwise behaves the same;
 * disposing the layer disposes it, and leaves the log open.
 */
export function recordOpLog(store: ObjectStore, log: OpLog): ObjectStore {
  const endpoint = store.uri.endsWith("/") ? store.uri : `${store.uri}/`;
  const threads = new Map<number, number>();
  return observe(store, (event) => {
    if (event.type === "started") threads.set(event.id, log.takeThread());
    const thread = threads.get(event.id) ?? 0;
    if (event.type !== "started") {
      const row = rowOf(event, log, { thread, endpoint });
      if (row) log.append(row);
    }
    if (event.type !== "finished" && event.type !== "failed") return;
    threads.delete(event.id);
    log.leaveThread(thread);
  }, { ready: () => log.ready() });
}

/** The row of an event that ends something; `undefined` where nothing was done, or other rows tell it. */
function rowOf(
  event: Exclude<StoreEvent, { readonly type: "started" }>,
  log: OpLog,
  { thread, endpoint }: { readonly thread: number; readonly endpoint: string },
): OpLogRow | undefined {
  const { operation, toKey, durationMs } = event;
  const { seconds, nanos } = log.instantOf(event.startedMs);
  const op = OPS[operation];
  const common = {
    thread: String(thread),
    op,
    clientId: log.clientId,
    startSeconds: seconds,
    startNanos: nanos,
    durationNs: nanosOf(durationMs),
    call: operation,
  };
  if (event.type === "deleted") {
    const { key, error } = event.result;
    return { ...common, objects: 1, bytes: 0, endpoint, file: key, ...errorOf(error) };
  }
  const isGivenUp = event.type === "finished" && event.cancelled;
  // Its objects have rows of their own, and what two stores cannot do together is done by other calls.
  if (operation === "deleteMany" && event.type === "finished" || operation === "copyFrom" && isGivenUp) {
    return undefined;
  }
  const { bytes, entries, timeToFirstByteMs, askedRange } = event;
  const failure = event.type === "failed"
    ? errorOf(event.error)
    : isGivenUp && operation === "write"
    ? { error: "cancelled: it was given up" }
    : {};
  return {
    ...common,
    objects: ENTRIES.has(op) ? entries : 1,
    bytes,
    // A copy from another store is named by its source.
    ...(operation === "copyFrom" ? splitOf(event.uri, event.key) : { endpoint, file: event.key }),
    ...(toKey !== undefined && { toFile: operation === "copyFrom" ? endpoint + toKey : toKey }),
    ...(timeToFirstByteMs !== undefined && { firstByteNs: nanosOf(timeToFirstByteMs) }),
    ...askedOf(askedRange, event.range?.offset),
    ...failure,
  };
}

function splitOf(uri: string, key: string): { readonly endpoint: string; readonly file: string } {
  return { endpoint: uri.slice(0, uri.length - key.length), file: key };
}

/** What was asked for. The offset of the last bytes is known by the answer. */
function askedOf(range: ByteRange | undefined, answered: number | undefined) {
  if (!range) return {};
  if ("offset" in range) {
    return { offset: range.offset, ...(range.length !== undefined && { length: range.length }) };
  }
  return { ...(answered !== undefined && { offset: answered }), length: range.suffixLength };
}

function errorOf(error: unknown): { readonly error?: string } {
  if (error === undefined) return {};
  const kind = error instanceof StoreError ? error.code : error instanceof Error ? error.name : "error";
  const message = redactSecrets(error instanceof Error ? error.message : String(error));
  return { error: `${kind}: ${message}`.replace(/\s*\n\s*/g, " ").slice(0, LONGEST_ERROR) };
}

function nanosOf(ms: number): number {
  return Math.round(ms * 1e6);
}
