import type { FrameConfig } from "./frame_sink.ts";
import type { ZstdOptions } from "./zstd_options.ts";
import { planZstd, resolvePool } from "@lade/codec/zstd";

const LARGEST_FRAME = 2 ** 28;
const MOST_WORKER_BYTES = 2 ** 30;

/** Checks the options and fills in what they leave out. Starts nothing. */
export function resolveZstdOptions(options: ZstdOptions): FrameConfig {
  const { level = 3, workers, budget, onFrame, signal } = options;
  const plan = planZstd(level);
  const { frameSize = plan.frameSize } = options;
  if (!Number.isInteger(frameSize) || frameSize < 2 ** 17 || frameSize > LARGEST_FRAME) {
    throw new RangeError(
      `Cannot compress in frames of ${frameSize} bytes: a whole number from 131072 to ${LARGEST_FRAME} is needed`,
    );
  }
  const most = Math.floor(MOST_WORKER_BYTES / plan.workerBytes);
  return { level, frameSize, plan, budget, signal, onFrame, ...resolvePool(workers, most) };
}
