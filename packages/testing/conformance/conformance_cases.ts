import { atHandCases } from "./cases/at_hand.ts";
import { attributeCases } from "./cases/attributes.ts";
import { cancellationCases } from "./cases/cancellation.ts";
import { concurrencyCases } from "./cases/concurrency.ts";
import { readConditionCases, writeConditionCases } from "./cases/conditions.ts";
import { copyCases } from "./cases/copy.ts";
import { deleteCases } from "./cases/delete.ts";
import { deleteManyCases } from "./cases/delete_many.ts";
import { deletePrefixCases } from "./cases/delete_prefix.ts";
import { errorCases } from "./cases/errors.ts";
import { getCases } from "./cases/get.ts";
import { getResultCases } from "./cases/get_result.ts";
import { headCases } from "./cases/head.ts";
import { keyCases } from "./cases/keys.ts";
import { listCases } from "./cases/list.ts";
import { listVersionsCases } from "./cases/list_versions.ts";
import { listWithDelimiterCases } from "./cases/list_with_delimiter.ts";
import { modificationTimeCases } from "./cases/modification_time.ts";
import { partWriterCases } from "./cases/part_writer.ts";
import { placeCases } from "./cases/places.ts";
import { pourCases } from "./cases/pour.ts";
import { presignCases } from "./cases/presign.ts";
import { putCases } from "./cases/put.ts";
import { rangeCases } from "./cases/ranges.ts";
import { readRangesCases } from "./cases/read_ranges.ts";
import { renameCases } from "./cases/rename.ts";
import { resumableWriteCases } from "./cases/resumable_write.ts";
import { setAttributesCases } from "./cases/set_attributes.ts";
import { storeCases } from "./cases/store.ts";
import { tagCases } from "./cases/tags.ts";
import { takenOptionsCases } from "./cases/taken_options.ts";
import { uploadCases } from "./cases/uploads.ts";
import { versionCases } from "./cases/versions.ts";
import { writerCases } from "./cases/writer.ts";
import { writerAbortCases } from "./cases/writer_abort.ts";
import type { ConformanceCase } from "./conformance_case.ts";

/** Every promise of the contract that a store can be asked about. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...storeCases,
  ...getCases,
  ...atHandCases,
  ...getResultCases,
  ...pourCases,
  ...rangeCases,
  ...readRangesCases,
  ...headCases,
  ...putCases,
  ...writerCases,
  ...writerAbortCases,
  ...partWriterCases,
  ...resumableWriteCases,
  ...uploadCases,
  ...listCases,
  ...listWithDelimiterCases,
  ...deleteCases,
  ...deleteManyCases,
  ...deletePrefixCases,
  ...copyCases,
  ...renameCases,
  ...placeCases,
  ...readConditionCases,
  ...writeConditionCases,
  ...attributeCases,
  ...setAttributesCases,
  ...tagCases,
  ...modificationTimeCases,
  ...versionCases,
  ...listVersionsCases,
  ...keyCases,
  ...cancellationCases,
  ...errorCases,
  ...concurrencyCases,
  ...takenOptionsCases,
  ...presignCases,
];
