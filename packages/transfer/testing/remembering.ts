import type { ChecksumCache, ComputedSums, RememberedSums } from "../sums/checksum_cache.ts";
import { identityOf } from "../sums/cache_rows.ts";

/** A checksum cache in memory, which believes whatever it is told. */
export class Remembering implements ChecksumCache {
  /** What it was told, in order. */
  readonly told: ComputedSums[] = [];
  readonly #rows = new Map<
    string,
    { readonly identity: string | undefined; readonly sums: RememberedSums }
  >();

  /** Looks up by URI and identity. */
  reader(): ReturnType<ChecksumCache["reader"]> {
    return {
      find: (uri, meta) => {
        const row = this.#rows.get(uri);
        return row && (row.identity === identityOf(meta) ? row.sums : "changed");
      },
    };
  }

  /** Takes note. */
  remember(computed: ComputedSums): void {
    this.told.push(computed);
    const { uri, meta, checksums } = computed;
    this.#rows.set(uri, { identity: identityOf(meta), sums: checksums });
  }

  [Symbol.dispose](): void {}
}
