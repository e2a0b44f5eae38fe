import type { Lade, RemoveOptions } from "../lade.ts";

/** Removes what a URI names, and tells how many objects went; what failed is an `AggregateError` after the rest. */
export async function remove(lade: Lade, uri: string, options: RemoveOptions): Promise<number> {
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
