import type { BatchMemory } from "../pool/batch_memory.ts";
import type { StatsCounter } from "../stats/loader_stats.ts";
import type { PackedMemory } from "./pack_value.ts";
import type { Made, SampleWorker } from "./sample_worker.ts";
import type { WorkerCall } from "./worker_messages.ts";

/** A call of a worker, and the memory that goes with it. */
export interface PackedCall {
  readonly call: WorkerCall;
  readonly memory: PackedMemory;
  readonly signal: AbortSignal;
  /** Is told what was made, some samples at a time. */
  readonly onMade: (made: Made) => void;
}

/** What counts calls. */
export interface CallGround {
  readonly memory: BatchMemory;
  readonly stats: StatsCounter;
}

/**
 * Calls a worker, and settles once it has answered all; throws where the call cannot be sent. What is sent is counted in the
 * memory of batches until then.
 */
export function callWorker(
  worker: SampleWorker,
  { call, memory: { moved, bytes, copied }, signal, onMade }: PackedCall,
  { memory, stats }: CallGround,
): Promise<void> {
  const answered = worker.call(call, { transfer: moved, signal, onMade });
  const sent = memory.adopt([], bytes);
  stats.bytesCopied += copied;
  return answered.finally(() => sent.release());
}
