import { type Bandwidth, takeBoth } from "@lade/core/backend";

/** Passes bytes on that no service sees, such as those of a pipe that go to a file, as fast as they may go. */
export async function* slowChunks<T extends Uint8Array>(
  chunks: AsyncIterable<T>,
  bandwidth: Bandwidth | undefined,
  signal: AbortSignal,
): AsyncGenerator<T> {
  for await (const chunk of chunks) {
    await takeBoth(bandwidth, chunk.length, signal);
    yield chunk;
  }
}
