/** The columns that warp has and reads, in its order. */
export const WARP_COLUMNS = [
  "idx",
  "thread",
  "op",
  "client_id",
  "n_objects",
  "bytes",
  "endpoint",
  "file",
  "error",
  "start",
  "first_byte",
  "last_byte",
  "end",
  "duration_ns",
  "cat",
] as const;

/** The columns of Lade's logs: warp's, and after them what warp has no place for. */
export const LADE_COLUMNS = [
  ...WARP_COLUMNS,
  "offset",
  "length",
  "lade_op",
  "to_file",
  "server",
  "encoding",
] as const;

/** The columns that s3dlio has and reads, in its order. */
export const S3DLIO_COLUMNS: readonly string[] = WARP_COLUMNS.filter((name) =>
  name !== "last_byte" && name !== "cat"
);
