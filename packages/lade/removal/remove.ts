import type { ProgressOptions } from "@lade/core";
import type { ObjectFilter } from "@lade/transfer/filter";
import type { Removal } from "./removal.ts";
import type { RemovalRequest } from "./settle_removal.ts";

/** Options of `Lade.remove`. */
export interface RemoveOptions extends ProgressOptions {
  /** Removes everything under a prefix; without it a prefix is an `InvalidNameError`. */
  readonly recursive?: boolean;
  /** Removes this version of the object for good: the latest or a delete marker too. Not together with `recursive`. */
  readonly version?: string;
  /** Removes all versions and delete markers for good: those of the object, or with `recursive` those under a prefix. */
  readonly versions?: boolean;
  /** Lets `recursive` empty a whole container, which a prefix that was forgotten would name. */
  readonly all?: boolean;
  /** Which objects go of what is under the prefix, with `recursive`. */
  readonly filter?: ObjectFilter;
  /** Ends the call, which then rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}

/** Finds out what a removal would remove: a `Lade` does. */
export interface Settler {
  /** Settles a removal. */
  settleRemoval(request: RemovalRequest): Promise<Removal>;
}

/** Removes what a URI names, and resolves with the number of objects removed; failures are an `AggregateError` at the end. */
export async function remove(lade: Settler, uri: string, options: RemoveOptions): Promise<number> {
  const { onProgress, ...request } = options;
  if (request.recursive && request.version !== undefined) {
    throw new TypeError(`Cannot remove ${JSON.stringify(uri)}: version names one object, recursive many`);
  }
  const removal = await lade.settleRemoval({ ...request, uri, force: true });
  let removed = 0;
  const errors: unknown[] = [];
  try {
    for await (const { uri: key, error } of removal.run()) {
      if (error) errors.push(error);
      else removed++;
      onProgress?.(error ? { type: "failed", key, error } : { type: "finished", key, size: 0 });
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    if (errors.length + removed === 0) throw error;
    errors.push(error);
  }
  if (errors.length === 0) return removed;
  const gone = `${removed} ${removed === 1 ? "object was" : "objects were"} removed`;
  throw new AggregateError(errors, `Cannot remove ${JSON.stringify(uri)}: ${errors.length} failed, ${gone}`);
}
