/**
 * What the diagnoses of all backends (`Provider.diagnose`) have in common: calls that are tried, rates that are measured,
 * objects that are made for it and removed.
 *
 * @module
 */
export { checkReads, type Sample } from "./check_reads.ts";
export { checkWrites, type Writes, type WritesConfig } from "./check_writes.ts";
export { failedCheck } from "./failed_check.ts";
export { measureDownload, type Readable } from "./measure_download.ts";
export { change, look, type Patient } from "./patient.ts";
export { randomBytes } from "./random_bytes.ts";
export { type Measurement, rateCheck } from "./rate_check.ts";
export type { Leftover, TemporaryObjects } from "./temporary_objects.ts";
export type { UploadMeasurement } from "./upload_measurement.ts";
export { withTemporaryObjects } from "./with_temporary_objects.ts";
