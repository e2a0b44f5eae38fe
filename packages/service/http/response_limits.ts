/** Bounds on what an answer may make this side hold or do. Beyond them it is a protocol error. */
export interface ResponseLimits {
  /** Bytes of one head, from its status line to its empty line; also of the trailers of a chunked body. */
  readonly maxHeadBytes: number;
  /** Header lines in one head. */
  readonly maxHeaders: number;
  /** Interim (1xx) answers before the final one. */
  readonly maxInterimResponses: number;
  /** Bytes of one chunk's size line, extensions included. */
  readonly maxChunkLineBytes: number;
  /** Bytes of chunk extensions in one body. */
  readonly maxChunkExtensionBytes: number;
}

/** What no honest service comes near. */
export const responseLimits: ResponseLimits = {
  maxHeadBytes: 2 ** 16,
  maxHeaders: 512,
  maxInterimResponses: 16,
  maxChunkLineBytes: 2 ** 10,
  maxChunkExtensionBytes: 2 ** 16,
};
