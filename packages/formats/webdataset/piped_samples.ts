import { compressionOfMagic, decompress } from "../source/decompress.ts";
import type { PipedBytes } from "../source/piped_bytes.ts";
import { InOrderBytes } from "../tar/in_order_bytes.ts";
import { streamMembers } from "../tar/stream_tar.ts";
import { type Sample, samplesOf, type StreamSamplesOptions } from "./stream_samples.ts";

/** `streamSamples` of a shard whose bytes come once, compressed with gzip or zstd or not. */
export async function* readPipedSamples(
  bytes: PipedBytes,
  { fields, signal }: StreamSamplesOptions = {},
): AsyncGenerator<Sample, void, void> {
  const { uri } = bytes;
  const compression = compressionOfMagic(await bytes.start(4));
  bytes.forget();
  const stored = bytes.stream();
  const plain = compression ? decompress({ stored, compression, uri }, signal ? { signal } : {}) : stored;
  await using inOrder = new InOrderBytes(() => plain, { jump: Infinity });
  yield* samplesOf(streamMembers(inOrder, uri), uri, fields);
}
