import { createPartWriter, createStreamWriter, type ObjectWriter, type PartWriter } from "@lade/core/backend";
import type { PartFile, WritableFile } from "../files/medium.ts";
import type { LocalParts } from "../tree/local_parts.ts";
import { LocalPartSink, LocalStreamSink } from "./local_sink.ts";
import { beginWrite, type WriteRequest } from "./write_file.ts";

/** Starts a temporary file that is written from its start to its end. */
export async function openWriter(parts: LocalParts, request: WriteRequest): Promise<ObjectWriter> {
  const { medium, context } = parts;
  const temporary = await beginWrite<WritableFile>(parts, request, {
    create: (path) => medium.create(path),
    special: (file) => file,
  });
  const sink = new LocalStreamSink(parts, request, temporary);
  return createStreamWriter({ sink, context, signal: request.options.signal });
}

/** Starts a temporary file of `size` bytes whose parts are written to their places. */
export async function openPartWriter(
  parts: LocalParts,
  request: WriteRequest,
  size: number,
): Promise<PartWriter> {
  const { medium, context } = parts;
  const { partSize, concurrency, signal } = request.options;
  const temporary = await beginWrite<PartFile>(parts, request, {
    create: (path) => medium.createParts(path, size, concurrency),
    special: (file) => file,
  });
  const sink = new LocalPartSink(parts, request, temporary);
  return await createPartWriter({ size, partSize: medium.partSize(partSize), sink, context, signal });
}
