/** Compresses `bytes` into one frame with its content size and a checksum. */
export interface CompressJob {
  /** What is to be done. */
  readonly task: "compress";
  /** The content. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** From 1 to 22. */
  readonly level: number;
  /** Bytes between two looks at the messages. */
  readonly sliceSize: number;
}

/** A whole frame among others. */
export interface WholeFrame {
  /** Compressed bytes, header included. */
  readonly length: number;
  /** More content than this is an error. */
  readonly contentBound: number;
  /** Whether less content is one too. */
  readonly exact: boolean;
}

/** Decompresses whole frames in a row. */
export interface DecompressJob {
  /** What is to be done. */
  readonly task: "decompress";
  /** Compressed bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The frames, one behind the other. */
  readonly frames: readonly WholeFrame[];
  /** Largest window, as a power of two. */
  readonly windowLog: number;
}

/** Decompresses the next piece of one long frame; the pieces of a frame go to one Worker in order. */
export interface PieceJob {
  /** What is to be done. */
  readonly task: "piece";
  /** Compressed bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Names the frame. */
  readonly frame: number;
  /** Whether the frame ends here. */
  readonly last: boolean;
  /** Largest window, as a power of two. */
  readonly windowLog: number;
}

/** Work for a Worker. Its bytes are transferred there and back. */
export type ZstdJob = CompressJob | DecompressJob | PieceJob;

/** What is sent to a Worker: a job under a number, or the number of a job to give up or of a frame to forget. */
export type ZstdMessage =
  | { readonly id: number; readonly job: ZstdJob }
  | { readonly cancel: number }
  | { readonly forget: number };

/** What a finished job gives. */
export interface ZstdOutput {
  /** The result in order. */
  readonly pieces: readonly Uint8Array<ArrayBuffer>[];
  /** The bytes of the job, given back. */
  readonly input: Uint8Array<ArrayBuffer>;
}

/** What a Worker answers to a job. */
export type ZstdReply =
  | { readonly id: number; readonly output: ZstdOutput }
  | { readonly id: number; readonly error: string };
