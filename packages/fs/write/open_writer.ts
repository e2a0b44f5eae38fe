import { createPartWriter, createStreamWriter, type ObjectWriter, type PartWriter } from "@lade/core/backend";
import type { PartFile, WritableFile } from "../files/medium.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { LocalPartSink, LocalStreamSink } from "./local_sink.ts";
import { beginWrite } from "./write_file.ts";
import type { WriteRequest } from "./write_request.ts";

/** Starts a temporary file that is written from its start to its end. */
export async function openWriter(setup: LocalSetup, request: WriteRequest): Promise<ObjectWriter> {
  const { medium, context } = setup;
  const temporary = await beginWrite<WritableFile>(setup, request, {
    create: (path) => medium.create(path),
    special: (file) => file,
  });
  const sink = new LocalStreamSink(setup, request, temporary);
  return createStreamWriter({ sink, context, signal: request.options.signal });
}

/** Starts a temporary file of `size` bytes whose parts are written to their places. */
export async function openPartWriter(
  setup: LocalSetup,
  request: WriteRequest,
  size: number,
): Promise<PartWriter> {
  const { medium, context } = setup;
  const { partSize, fillSize, concurrency, signal } = request.options;
  const temporary = await beginWrite<PartFile>(setup, request, {
    create: (path) => medium.createParts(path, size, concurrency),
    special: (file) => file,
  });
  const sink = new LocalPartSink(setup, request, temporary);
  const wanted = partSize ?? (sink.fillPart && fillSize);
  return await createPartWriter({ size, partSize: medium.partSize(wanted), sink, context, signal });
}
