import { UnsupportedError, type WriteSink } from "@lade/core/backend";
import { type ServiceOperations, writeLimit } from "@lade/service/store";
import { copyObject } from "../copy/copy_object.ts";
import type { GcsTarget } from "../client/gcs_target.ts";
import { deleteObject } from "../delete/delete_object.ts";
import { listObjects } from "../list/list_objects.ts";
import { headObject, readObject } from "../objects/read_object.ts";
import { resourceOf } from "../objects/resource.ts";
import { insertObject } from "../write/insert_object.ts";

/** What Google Cloud Storage does. What is seldom needed is loaded when it is. */
export const GCS_OPERATIONS: ServiceOperations<GcsTarget> = {
  get: readObject,
  head: headObject,
  sink(target, key, options, call): WriteSink {
    const resource = resourceOf(options, target.config);
    const unsupported = () => Promise.reject(new UnsupportedError({ ...call, detail: "it is too large" }));
    return {
      ...call,
      concurrency: writeLimit(target, options.concurrency),
      partLimits: { maxPartSize: 5 * 2 ** 30, maxParts: 10_000 },
      wholeUpTo: target.config.threshold,
      putWhole: (bytes, signal) => insertObject(target, key, bytes, resource, options, { call, signal }),
      writePart: unsupported,
      commit: unsupported,
    };
  },
  list: listObjects,
  delete: deleteObject,
  deleter: (_target, single) => ({ ...single, max: 1, fits: () => false, send: () => Promise.resolve([]) }),
  copy: copyObject,
  copyFrom: copyObject,
};
