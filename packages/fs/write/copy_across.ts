import { takeBoth } from "@lade/core/backend";
import type { Medium } from "../files/medium.ts";
import type { LocalSetup } from "../tree/local_setup.ts";

const PIECE = 8 * 2 ** 20;
/** Where something bounds how fast bytes go, they go in smaller pieces. */
const SLOW_PIECE = 2 ** 16;

/** Copies the bytes of a file to a new one where the two are read and written in different ways: one past the page cache. */
export async function copyAcross(
  { medium, context }: LocalSetup,
  source: Medium,
  from: string,
  to: string,
  size: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { bandwidth } = context;
  const length = Math.min(bandwidth ? SLOW_PIECE : PIECE, Math.max(1, size));
  using _held = context.budget.overdraw(2 * length);
  using slab = context.buffers.lease(2 * length);
  const halves = [slab.bytes.subarray(0, length), slab.bytes.subarray(length, 2 * length)] as const;
  const input = await source.open(from);
  let output: Awaited<ReturnType<Medium["create"]>> | undefined;
  let writing: Promise<void> | undefined;
  try {
    output = await medium.create(to, size);
    let position = 0;
    for (let turn = 0;; turn++) {
      signal?.throwIfAborted();
      // One half is written while the other is filled.
      const count = await input.read(halves[turn % 2 === 0 ? 0 : 1], position);
      await writing;
      writing = undefined;
      if (count === 0) break;
      await takeBoth(bandwidth, count, signal);
      position += count;
      writing = output.append(halves[turn % 2 === 0 ? 0 : 1].subarray(0, count));
      writing.catch(() => {});
    }
    await output.finish("none");
  } finally {
    await writing?.catch(() => {});
    await output?.close();
    input.close();
  }
}
