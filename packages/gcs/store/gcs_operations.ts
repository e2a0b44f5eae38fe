import type { ServiceOperations } from "@lade/service/store";
import { type GcsTarget, placeOf } from "../client/gcs_target.ts";
import { deleteObject } from "../delete/delete_object.ts";
import { listObjects } from "../list/list_objects.ts";
import { headObject, readObject } from "../objects/read_object.ts";
import { WRITES } from "../write/choose_sink.ts";

/** What Google Cloud Storage does. What is seldom needed is loaded when it is. */
export const GCS_OPERATIONS: ServiceOperations<GcsTarget> = {
  get: readObject,
  head: headObject,
  ...WRITES,
  list: listObjects,
  delete: deleteObject,
  listVersions: async (...asked) => (await import("../list/list_versions.ts")).listObjectVersions(...asked),
  deleter: async (...asked) => (await import("../delete/batch_deleter.ts")).batchDeleter(...asked),
  copy: async (...asked) => await (await import("../copy/copy_object.ts")).copyObject(...asked),
  copyFrom: async (...asked) => await (await import("../copy/copy_object.ts")).copyAcross(...asked),
  rename: async (...asked) => await (await import("../copy/rename_object.ts")).renameObject(...asked),
  setAttributes: async (...asked) =>
    await (await import("../copy/set_attributes.ts")).setAttributes(...asked),
  placeOf,
  presign: async (...asked) => await (await import("../presign/presign_object.ts")).presignObject(...asked),
};
