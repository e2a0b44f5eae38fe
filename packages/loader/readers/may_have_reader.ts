import { mayHaveThreads } from "@lade/core/seams";

/** What whether there may be a reader depends on. */
export interface ReaderQuestion {
  /** Workers of the loader. */
  readonly workers: number;
  /** Batches that it was told to read ahead. */
  readonly batchesAhead: "auto" | number;
}

/**
 * Whether a loader may have a second thread that reads: there is a core for it, which no workers have, the loader decides how
 * far it reads ahead, and `LADE_LANES` is not 0. What it reads, files, is there on Deno alone.
 */
export function mayHaveReader({ workers, batchesAhead }: ReaderQuestion): boolean {
  return workers === 0 && batchesAhead === "auto" && mayHaveThreads();
}
