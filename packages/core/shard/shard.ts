/** One process's share of what several do: which of how many. */
export interface Shard {
  /** Which one, from 1 to `count`. */
  readonly number: number;
  /** How many there are. */
  readonly count: number;
  /** The variables that it was read from, with their values; absent where it was said. */
  readonly source?: string;
}

/** As many as an Indexed Job of Kubernetes can have. */
export const MOST_SHARDS = 100_000;
