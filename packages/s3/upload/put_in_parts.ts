import type { AdaptiveLimit, PutOptions, PutResult } from "@lade/core";
import { type MultipartParts, MultipartUpload } from "./multipart_upload.ts";
import { PartSender } from "./part_sender.ts";
import { evenPartSize } from "./part_size.ts";
import { reportLeftover } from "./report_leftover.ts";

/** Writes an object that is all in memory, in parts sent side by side from where the bytes are. */
export async function putInParts(
  target: MultipartParts,
  bytes: Uint8Array,
  partSize: number,
  limit: AdaptiveLimit,
  options: PutOptions,
): Promise<PutResult> {
  const { signal } = options;
  signal?.throwIfAborted();
  const upload = await MultipartUpload.create(target, options, signal);
  const sender = new PartSender(upload, limit, target.uri, target.connection.clock);
  const onAbort = () => sender.cancel(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    signal?.throwIfAborted();
    const step = evenPartSize(partSize, bytes.length);
    for (let at = 0; at < bytes.length; at += step) {
      await sender.send(bytes.subarray(at, at + step), () => {});
    }
    return await upload.complete(await sender.finish(), options, signal);
  } catch (error) {
    sender.cancel(error);
    await sender.settle();
    throw await upload.abort().then(() => error, (leftover) => reportLeftover(error, leftover));
  } finally {
    signal?.removeEventListener("abort", onAbort);
  }
}
