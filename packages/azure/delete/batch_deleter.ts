import { conditionHeaders } from "@lade/service/body";
import { type BatchDeleter, httpBatchDeleter, UNBATCHED } from "@lade/service/delete";
import { abortable } from "@lade/service/http";
import type { SingleDeleter } from "@lade/service/store";
import { AZURE_DIALECT } from "../client/azure_dialect.ts";
import { AZURE_NAMES } from "../client/azure_names.ts";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";
import { isGone } from "./delete_blob.ts";
import { SnapshotsFirst } from "./snapshots_first.ts";

/** Requests of one batch at most ("Blob Batch"). */
const MAX_REQUESTS = 256;

/** Deletes blobs by batches of requests, each authorized by itself; by single ones where the service refuses a batch. */
export function batchDeleter(target: AzureTarget, single: SingleDeleter): BatchDeleter {
  const { client, config, endpoint, traits } = target;
  const { host } = new URL(endpoint.url);
  const deleter = httpBatchDeleter({
    ...single,
    ...{ client, isGone, traits, max: MAX_REQUESTS, deleted: [202], refusals: [400] },
    service: AZURE_NAMES.service,
    faults: AZURE_DIALECT.faults,
    request: {
      path: pathOf(target),
      query: { restype: "container", comp: "batch" },
      statuses: [202],
      firstByteTimeoutMs: config.bounds.slowAnswerTimeoutMs,
    },
    fits: ({ version, ifMatch = "" }) => version === undefined && !UNBATCHED.test(ifMatch),
    async deletionOf(object, signal) {
      const authorizer = target.batchAuthorizer();
      const path = pathOf(target, object.key);
      const query = authorizer.authorizeQuery?.("") ?? "";
      const plain = { method: "DELETE", host, path, query, headers: conditionHeaders(object) };
      const headers = await abortable(Promise.resolve(authorizer.authorize(plain)), signal);
      return { method: "DELETE", target: query ? `${path}?${query}` : path, headers };
    },
  });
  const first = new SnapshotsFirst();
  return Object.assign(
    deleter,
    {
      order: first.order.bind(first),
      sendOne: (...[object, signal]: Parameters<BatchDeleter["sendOne"]>) =>
        first.remove(object, () => single.sendOne(object, signal), signal),
    } satisfies Partial<BatchDeleter>,
  );
}
