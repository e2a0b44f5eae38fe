import type { CallName } from "@lade/core/errors";
import { UnauthenticatedError } from "@lade/core/backend";
import { listNames, type Page } from "@lade/service/list";
import type { GcsTarget } from "../client/gcs_target.ts";
import { control } from "../control/control_plane.ts";
import { projectOf } from "../credentials/gcs_credential.ts";
import { checkNewBucket } from "../uris/gcs_location.ts";

/** Makes a bucket in the project. */
export async function createBucket(target: GcsTarget, signal?: AbortSignal): Promise<void> {
  const { bucket, uri, config: { location, storageClass } } = target;
  checkNewBucket("create", bucket);
  const call = { operation: "create", uri };
  const project = await findProject(target, call);
  await control(
    target,
    { call, signal, idempotent: false },
    project,
    (storage) =>
      storage.createBucket(bucket, { ...(location && { location }), ...(storageClass && { storageClass }) }),
  );
}

/** Deletes a bucket without objects and versions; the service itself refuses others. */
export async function deleteBucket(target: GcsTarget, signal?: AbortSignal): Promise<void> {
  const { bucket, uri } = target;
  const call = { operation: "delete", uri };
  await control(
    target,
    { call, signal, idempotent: false },
    undefined,
    (storage) => storage.bucket(bucket).delete(),
  );
}

/** Lists the names of the project's buckets. */
export async function* listBuckets(
  target: GcsTarget,
  signal?: AbortSignal,
): AsyncGenerator<string, void, void> {
  const call = { operation: "list", uri: target.uri, step: "list buckets of" };
  const project = await findProject(target, call);
  const read = (pageToken?: string) =>
    control(target, { call, signal, idempotent: true }, project, async (storage): Promise<Page<string>> => {
      const query = { autoPaginate: false, ...(pageToken !== undefined && { pageToken }) };
      const [buckets, next] = await storage.getBuckets(query);
      return {
        entries: buckets.map(({ name }) => name),
        ...(next?.pageToken && { next: `${next.pageToken}` }),
      };
    });
  yield* listNames(call, read, signal);
}

/** The project of what is made and listed; where nothing tells it, an error says how to. */
async function findProject({ config, credential }: GcsTarget, call: CallName): Promise<string> {
  const project = config.project ?? await projectOf(credential);
  if (project) return project;
  throw new UnauthenticatedError({
    ...call,
    detail: "no project is known, and buckets belong to one",
    advice: "set it by --project ID, the option project, or GOOGLE_CLOUD_PROJECT",
  });
}
