import {
  type CopyResult,
  type ObjectInfo,
  type ObjectPart,
  writeInParts,
  type WriteInPartsSetup,
  type WriteSink,
} from "@lade/core/backend";

/** A sink that has the service copy what becomes its parts. */
export interface CopySink extends WriteSink {
  /** Has the service copy those bytes of the source as a part. Up to `concurrency` calls run concurrently. */
  copyPart(part: ObjectPart, signal: AbortSignal): Promise<unknown>;
}

/** What {@linkcode copyInRanges} needs beside the sink. */
export interface CopyInRangesSetup extends Pick<WriteInPartsSetup, "partSize" | "context" | "signal"> {
  /** The sink, to which the parts are copied. */
  readonly sink: CopySink;
  /** What is copied. */
  readonly source: Pick<ObjectInfo, "size" | "etag">;
}

/**
 * Copies an object range by range, as many concurrently as the sink says. The first failure ends the others and drops what the
 * sink has begun.
 */
export async function copyInRanges({ source, ...setup }: CopyInRangesSetup): Promise<CopyResult> {
  const { size, etag } = source;
  const { sink } = setup;
  const written = await writeInParts({ ...setup, size }, (part, signal) => sink.copyPart(part, signal));
  return { ...written, ...(etag === undefined ? {} : { sourceEtag: etag }) };
}
