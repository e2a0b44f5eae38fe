/** A rewrite that takes several calls. */
export interface Rewrite {
  /** Bytes rewritten so far. */
  done: number;
}
