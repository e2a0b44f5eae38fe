import {
  checkObjectSize,
  checkWriterOptions,
  createPartWriter,
  parseToken,
  type PartWriter,
  type ResumeOptions,
} from "@lade/core/backend";
import type { LocalSetup } from "../tree/local_setup.ts";
import type { WriteRequest } from "../write/write_request.ts";
import { ResumableSink, waitsForDisk } from "./resumable_sink.ts";

/** Bytes of a part where nobody says and each is put on the disk before it counts. */
const SYNCED_PART_SIZE = 2 ** 24;
/** Bytes of one that is only handed to the system: no more than are written without another thread. */
const PART_SIZE = 2 ** 20;
/** Parts are as large as it takes for so many: each has a line in the record. */
const MOST_PARTS = 2 ** 16;

/** Starts a write of `size` bytes that may be resumed. */
export async function openUpload(
  setup: LocalSetup,
  request: WriteRequest,
  size: number,
): Promise<PartWriter> {
  const { medium } = setup;
  // Only what goes through the page cache can be filled.
  const fillSize = medium.writeSync && request.options.fillSize;
  const base = fillSize ?? (waitsForDisk(setup) ? SYNCED_PART_SIZE : PART_SIZE);
  const { partSize: wanted = base * Math.ceil(size / base / MOST_PARTS || 1), signal } = request.options;
  const partSize = medium.partSize(wanted);
  const sink = await ResumableSink.begin(setup, request, size, partSize);
  return await createPartWriter({ sink, size, partSize, context: setup.context, signal });
}

/** Goes on with a write, with the parts that its record shows to be on the disk. */
export async function resumeUpload(
  setup: LocalSetup,
  { subject, path, options }: Pick<WriteRequest, "subject" | "path"> & { readonly options: ResumeOptions },
  size: number,
  token: string,
): Promise<PartWriter> {
  checkWriterOptions(options);
  checkObjectSize(size);
  const parsed = parseToken(token, size, subject);
  const { concurrency, signal } = options;
  const given = { ...parsed.options, ...(concurrency !== undefined && { concurrency }) };
  const resumed = await ResumableSink.resume(setup, { subject, path, options: given }, parsed);
  return await createPartWriter({
    ...resumed,
    size,
    partSize: parsed.partSize,
    context: setup.context,
    signal,
  });
}
