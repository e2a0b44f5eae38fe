import { type ObjectToDelete, toDelete } from "@lade/core/backend";
import { isSnapshot } from "../client/version_query.ts";

/** The order of deletions by version: the service refuses that of a blob while there are snapshots of it. */
export class SnapshotsFirst {
  readonly #left: Map<string, { readonly versions: Set<string>; readonly gone: PromiseWithResolvers<void> }> =
    new Map();

  /** Moves what stands before the snapshots of a key, as the latest version does in a listing, behind them. */
  async *order(
    objects: AsyncIterable<string | ObjectToDelete> | Iterable<string | ObjectToDelete>,
  ): AsyncGenerator<ObjectToDelete, void, void> {
    let held: ObjectToDelete | undefined;
    for await (const given of objects) {
      const object = toDelete(given);
      const { key, version } = object;
      if (held && held.key !== key) {
        yield held;
        held = undefined;
      }
      if (version !== undefined && isSnapshot(version)) {
        const left = this.#left.get(key) ?? { versions: new Set(), gone: Promise.withResolvers() };
        this.#left.set(key, left);
        left.versions.add(version);
        yield object;
      } else if (version !== undefined && !held) held = object;
      else yield object;
    }
    if (held) yield held;
  }

  /** Waits for the snapshots of the key that were passed on before, unless it is one. */
  async remove(
    { key, version = "" }: ObjectToDelete,
    remove: () => Promise<void>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const left = this.#left.get(key);
    if (left && !isSnapshot(version)) await unlessAborted(left.gone.promise, signal);
    try {
      await remove();
    } finally {
      if (left?.versions.delete(version) && left.versions.size === 0) {
        this.#left.delete(key);
        left.gone.resolve();
      }
    }
  }
}

async function unlessAborted(waiting: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal?.reason);
  signal?.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([waiting, promise]);
  } finally {
    signal?.removeEventListener("abort", abort);
  }
}
