import type { LeftOut, ObjectStore, ProgressEvent } from "@lade/core";
import type { UriCalls } from "../places/uri_calls.ts";
import { transfer } from "../execute/transfer.ts";
import type { TransferOptions } from "../execute/transfer_request.ts";
import type { TransferCounts } from "../execute/transfer_tally.ts";
import { type Job, sourceOf } from "../plan/job.ts";

/** The calls of a `Lade` that has these stores, by the container of URIs such as `memory://from/key`. */
export function storeCalls(stores: Readonly<Record<string, ObjectStore>>): UriCalls {
  const [first] = Object.values(stores);
  if (!first) throw new TypeError("Cannot make calls of no store");
  const locate = (uri: string) => {
    const [, name = "", key = ""] = /^memory:\/\/([^/]*)\/?(.*)$/s.exec(uri) ?? [];
    const store = stores[name];
    if (!store) return Promise.reject(new Error(`no store ${uri}`));
    return Promise.resolve({ store, key, uriOf: (key: string) => `memory://${name}/${key}` });
  };
  return {
    context: first.context,
    stores: Object.values(stores),
    locate,
    uriOf: (uri) => Promise.resolve(uri),
    createContainer: () => Promise.resolve(),
    deleteContainer: () => Promise.resolve(),
  };
}

/** What became of one object. */
export interface Moved {
  /** Its URI. */
  readonly uri: string;
  /** Where it went; absent where it did not come so far. */
  readonly to?: string | undefined;
  /** Why it failed. */
  readonly error?: unknown;
  /** Why it was left alone. */
  readonly skipped?: string;
}

/** Options of {@linkcode transferTree}. */
export interface TransferTreeOptions extends TransferOptions {
  /** The sources go. */
  readonly move?: boolean;
  /** Ends it. */
  readonly signal?: AbortSignal;
  /** Called for each event of an object, those that start and end it too. */
  readonly onProgress?: (event: ProgressEvent) => void;
  /** Called with what became of each object. */
  readonly onMoved?: (moved: Moved) => void;
  /** Called with what the listing left out. */
  readonly onLeftOut?: (leftOut: LeftOut) => void;
}

/** Transfers everything under a prefix of one store to a prefix of another one. */
export async function transferTree(
  [from, fromPrefix]: readonly [ObjectStore, string],
  [to, toPrefix]: readonly [ObjectStore, string],
  { move = false, onProgress, onMoved, onLeftOut, ...options }: TransferTreeOptions = {},
): Promise<{ readonly moved: Moved[]; readonly counts: TransferCounts }> {
  const lade = storeCalls({ from, to });
  const { store, uriOf } = await lade.locate("memory://to/");
  const moved: Moved[] = [];
  const tell = (result: Moved) => {
    moved.push(result);
    onMoved?.(result);
    return Promise.resolve();
  };
  const keyOf = (job: Job | undefined, uri: string) => job?.from?.key ?? uri;
  const counts = await transfer(lade, {
    signal: new AbortController().signal,
    ...options,
    operation: move ? "move" : "copy",
    sources: [`memory://from/${fromPrefix}`],
    destination: { kind: "prefix", place: { store, key: toPrefix, uriOf, uri: uriOf(toPrefix) } },
    recursive: true,
    move,
  }, {
    started(job) {
      onProgress?.({
        type: "started",
        key: keyOf(job, "-"),
        ...(job.size !== undefined && { size: job.size }),
      });
      return onProgress;
    },
    done(job, size = 0) {
      onProgress?.({ type: "finished", key: keyOf(job, "-"), size });
      return tell({ uri: sourceOf(job), to: job.to?.uri });
    },
    skipped: (uri, skipped, job, error) =>
      tell({ uri, to: job?.to?.uri, skipped, ...(error !== undefined && { error }) }),
    failed(uri, error, job) {
      onProgress?.({ type: "failed", key: keyOf(job, uri), error });
      return tell({ uri, to: job?.to?.uri, error });
    },
    ...(onLeftOut && { leftOut: onLeftOut }),
  });
  return { moved, counts };
}
