import {
  type AdaptiveLimit,
  createPartWriter,
  type PartWriter,
  QuotaExceededError,
  type StoreContext,
  type WriterOptions,
} from "@lade/core/backend";
import { MultipartSink } from "./multipart_sink.ts";
import { type MultipartParts, MultipartUpload } from "./multipart_upload.ts";
import { evenPartSize, MAX_PART_SIZE, MAX_PARTS } from "./part_size.ts";
import { MAX_SINGLE_BYTES } from "./s3_writer.ts";
import { SinglePutSink } from "./single_put_sink.ts";

/** What {@linkcode openPartWriter} needs. */
export interface PartWriterTarget extends MultipartParts {
  /** Budget and buffers. */
  readonly context: StoreContext;
  /** Bounds the parts on their way. */
  readonly limit: AdaptiveLimit;
  /** Bytes of a part, unless the object needs larger ones. */
  readonly partSize: number;
}

/** Starts an object of `size` bytes: as one request up to the multipart threshold, else as a multipart upload. */
export async function openPartWriter(
  target: PartWriterTarget,
  size: number,
  options: WriterOptions,
): Promise<PartWriter> {
  const { connection, context, limit, uri, operation } = target;
  const { signal } = options;
  const { threshold, disabled } = connection.config.multipart;
  const partSize = evenPartSize(target.partSize, size);
  if (disabled && size > MAX_SINGLE_BYTES) {
    throw new QuotaExceededError({
      operation,
      uri,
      detail: "the object does not fit one request",
      advice: "leave multipart on",
    });
  }
  if (disabled || size <= threshold) {
    const sink = new SinglePutSink(target, size, context, options);
    return createPartWriter({ size, partSize, sink, signal });
  }
  if (size > MAX_PARTS * MAX_PART_SIZE) {
    throw new QuotaExceededError({
      operation,
      uri,
      detail: `${size} bytes are more than an upload of ${MAX_PARTS} parts can have`,
    });
  }
  const upload = await MultipartUpload.create(target, options, signal);
  const { clock, config: { bounds } } = connection;
  const sink = new MultipartSink({ upload, limit, clock, bounds }, options);
  return createPartWriter({ size, partSize, sink, signal });
}
