import { type BatchDeleter, httpBatchDeleter } from "@lade/service/delete";
import { encodeQuery } from "@lade/service/http";
import type { SingleDeleter } from "@lade/service/store";
import { generationQuery } from "../client/gcs_conditions.ts";
import { GCS_JSON_DIALECT } from "../client/gcs_json_dialect.ts";
import { GCS_NAMES } from "../client/gcs_names.ts";
import { type GcsTarget, jsonPath, payer } from "../client/gcs_target.ts";
import { isGone } from "./delete_object.ts";

/** Requests of one batch at most ("Sending batch requests"). */
const MAX_REQUESTS = 100;
/** What an endpoint says that knows no batches. */
const REFUSALS = [400, 404, 405, 501];

/** Deletes objects and versions by batches of requests, which the batch's own authorization holds for. */
export function batchDeleter(target: GcsTarget, single: SingleDeleter): BatchDeleter {
  const { config, json, traits, url } = target;
  const headers = [["host", new URL(url).host]] as const;
  return httpBatchDeleter({
    ...single,
    ...{ isGone, traits, client: json, deleted: [200, 204], max: MAX_REQUESTS, refusals: REFUSALS },
    service: GCS_NAMES.service,
    faults: GCS_JSON_DIALECT.faults,
    request: {
      path: "/batch/storage/v1",
      query: payer(target),
      statuses: [200],
      firstByteTimeoutMs: config.bounds.slowAnswerTimeoutMs,
    },
    fits: () => true,
    deletionOf(object) {
      const query = encodeQuery({ ...generationQuery(object), ...payer(target) });
      const path = jsonPath(target, object.key);
      return { method: "DELETE", target: query ? `${path}?${query}` : path, headers };
    },
  });
}
