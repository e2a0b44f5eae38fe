/** A rewrite that takes several calls. */
export interface Rewrite {
  /** What it is about: source, its generation, destination and what is asked of that. */
  readonly what: string;
  /** Bytes rewritten so far. */
  done: number;
}
