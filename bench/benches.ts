import type { Bench } from "./bench.ts";
import { checksum } from "./checksum.ts";
import { checksumCost } from "./fs/checksum_cost.ts";
import { directRead } from "./fs/direct_read.ts";
import { directWrite } from "./fs/direct_write.ts";
import { fileFresh } from "./fs/file_fresh.ts";
import { fileSmall, fileSmallMany } from "./fs/file_small.ts";
import { fileWarm } from "./fs/file_warm.ts";
import { fileWrite } from "./fs/file_write.ts";
import { listMillion } from "./fs/list_million.ts";
import { transportGet, transportPut, transportSmall } from "./http/transport.ts";
import { planMillion } from "./transfer/plan_million.ts";
import { checkpointBenches } from "./checkpoint/checkpoint_benches.ts";
import { loaderPython } from "./loader/loader_python.ts";
import { loaderCompute, loaderFiles, loaderNpy } from "./loader/loader_files.ts";
import { loaderOrder, loaderResume } from "./loader/loader_order.ts";
import { loaderS3Files, loaderS3Records } from "./loader/loader_s3.ts";
import { loaderTiny, loaderTinyBusy } from "./loader/loader_tiny.ts";
import { loaderWorkers } from "./loader/loader_workers.ts";
import { loaderRecords, loaderTar } from "./loader/loader_shards.ts";
import { npyRead } from "./formats/npy_read.ts";
import { safetensorsRead } from "./formats/safetensors_read.ts";
import { csvRead } from "./formats/csv_read.ts";
import { parquetRead16, parquetReadDictionary } from "./formats/parquet_read.ts";
import { generate } from "./workload/generate.ts";
import { startUp } from "./cli/start_up.ts";
import { tarIndex, tarOrder } from "./formats/tar.ts";
import { azureBenches } from "./azure/azure_benches.ts";
import { gcsBenches } from "./gcs/gcs_benches.ts";
import { s3Benches } from "./s3/s3_benches.ts";
import { tfrecordExamples, tfrecordIndex, tfrecordOrder } from "./formats/tfrecord.ts";

/** Every benchmark, in the order they run. */
export const benches: Bench[] = [
  fileWarm,
  fileFresh,
  fileSmall,
  fileSmallMany,
  fileWrite,
  directRead,
  directWrite,
  checksum,
  checksumCost,
  startUp,
  listMillion,
  planMillion,
  generate,
  npyRead,
  safetensorsRead,
  csvRead,
  parquetRead16,
  parquetReadDictionary,
  transportGet,
  transportSmall,
  transportPut,
  tfrecordOrder,
  tfrecordExamples,
  tfrecordIndex,
  tarOrder,
  tarIndex,
  loaderFiles,
  loaderPython,
  loaderNpy,
  loaderCompute,
  loaderRecords,
  loaderTar,
  loaderS3Files,
  loaderS3Records,
  loaderOrder,
  loaderResume,
  loaderWorkers,
  loaderTiny,
  loaderTinyBusy,
  ...checkpointBenches,
  ...s3Benches,
  ...azureBenches,
  ...gcsBenches,
];
