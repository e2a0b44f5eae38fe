/**
 * What the diagnoses of all backends (`Provider.diagnose`) have in common: calls that are tried, rates that are measured,
 * objects that are made for it and removed; and {@linkcode examineService}, the whole of it for a service over HTTP.
 *
 * @module
 */
export { type Answer, AnswerLog } from "./answer_log.ts";
export { beginDiagnosis, type BegunDiagnosis } from "./begin_diagnosis.ts";
export { checkReads, type Sample } from "./check_reads.ts";
export { checkWrites, type Writes, type WritesConfig } from "./check_writes.ts";
export { DIAGNOSIS_BOUNDS, examineService, isRefusal } from "./examine_service.ts";
export { failedCheck } from "./failed_check.ts";
export { measureDownload, type Readable } from "./measure_download.ts";
export { change, type Patient, probe } from "./patient.ts";
export { randomBytes } from "./random_bytes.ts";
export { type Measurement, rateCheck } from "./rate_check.ts";
export { completeDiagnosis, type ServiceDiagnoseOptions } from "./service_diagnose_options.ts";
export type { ServicePatient } from "./service_patient.ts";
export { type EndpointTold, origin, tellEndpoint, tellLifetime, tellSettings } from "./tell_configuration.ts";
export type { Leftover, TemporaryObjects } from "./temporary_objects.ts";
export type { UploadMeasurement } from "./upload_measurement.ts";
export { withTemporaryObjects } from "./with_temporary_objects.ts";
