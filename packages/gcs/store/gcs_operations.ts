import type { ServiceOperations } from "@lade/service/store";
import { copyObject } from "../copy/copy_object.ts";
import type { GcsTarget } from "../client/gcs_target.ts";
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
  deleter: (_target, single) => ({ ...single, max: 1, fits: () => false, send: () => Promise.resolve([]) }),
  copy: copyObject,
  copyFrom: copyObject,
};
