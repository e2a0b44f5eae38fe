/**
 * The zstd format (RFC 8878) in frames that are compressed and decompressed in parallel. Writers and readers of objects
 * are made of it by `@lade/core/zstd`.
 *
 * @module
 */
export { type ByteSource, byteSource } from "./byte_source.ts";
export { continuedHeader } from "./continued_frame.ts";
export { type FrameBuffer, FrameBuffers } from "./frame_buffers.ts";
export { type FrameHeader, parseFrameHeader } from "./frame_header.ts";
export { FrameReader, type FrameReaderConfig } from "./frame_reader.ts";
export type { MemoryBudget, MemoryLease } from "./memory_budget.ts";
export {
  createZstdPool,
  resolvePool,
  WorkerPool,
  type ZstdPool,
  type ZstdPoolOptions,
} from "./worker_pool.ts";
export type { ZstdFault, ZstdFaultKind } from "./zstd_fault.ts";
export type { CompressJob, DecompressJob, PieceJob, WholeFrame, ZstdJob, ZstdOutput } from "./zstd_job.ts";
export { planZstd, type ZstdPlan } from "./zstd_plan.ts";
export { ZstdJobError, type ZstdWorker, ZstdWorkerError } from "./zstd_worker.ts";
