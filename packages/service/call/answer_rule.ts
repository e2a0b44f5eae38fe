/** What makes an answer the right one for a request. */
export interface AnswerRule {
  /**
   * What the answer is: an object's bytes, a description of an object, the receipt of a write or of a removal, a
   * document, or nothing to be relied on.
   */
  readonly kind: "object" | "head" | "write" | "removal" | "document" | "other";
  /** The statuses that fit; one that is not 200 to 299 is a good answer to this request alone. */
  readonly statuses: readonly number[];
  /** Statuses that answer a condition, a range or the name of what has to be there, where the request has none. */
  readonly unasked: readonly number[];
  /** Names that the root of a document may have; any where absent. */
  readonly roots?: readonly string[];
}
