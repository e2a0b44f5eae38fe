import { type DeleteOptions, type KeyCall, NotFoundError } from "@lade/core/backend";
import { conditionHeaders } from "@lade/service/body";
import { deleteHeld } from "@lade/service/delete";
import { faultOf } from "@lade/service/errors";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";
import { UNVERSIONED, versionQuery } from "../client/version_query.ts";
import { headBlob } from "../objects/read_blob.ts";

/** Deletes a blob; one that is not there is no error. */
export async function deleteBlob(
  target: AzureTarget,
  key: string,
  { ifMatch, version, signal }: DeleteOptions,
  call: KeyCall,
): Promise<void> {
  const asked = { ...(signal && { signal }), ...(version !== undefined && { version }) };
  const remove = async (query: ReturnType<typeof versionQuery>, match: string | undefined) => {
    await target.client.send({
      method: "DELETE",
      path: pathOf(target, key),
      query,
      headers: conditionHeaders(match === undefined ? {} : { ifMatch: match }),
      kind: "removal",
      statuses: [202],
      // Sent twice, the second would not find what the first one deleted.
      idempotent: match === undefined,
      signal,
      call: { ...call, ...(query["versionid"] !== undefined && { step: "delete a version of" }) },
    });
  };
  const query = versionQuery(version);
  const send = async () => {
    try {
      await remove(query, ifMatch);
    } catch (error) {
      if (faultOf(error)?.code !== "OperationNotAllowedOnRootBlob") throw error;
      // The latest version goes in two steps: the first makes it an earlier one.
      const { etag } = await head();
      await remove({}, etag);
      await remove(query, undefined);
    }
  };
  const head = () => headBlob(target, key, asked, { ...call, operation: "head" });
  try {
    // What is asked of it is done to what is there, which may have got a version.
    if (version === UNVERSIONED) ifMatch ??= (await head()).etag;
    await (ifMatch === undefined ? send() : deleteHeld({ send, head, ifMatch, signal }));
  } catch (error) {
    const isOther = version === UNVERSIONED && error instanceof NotFoundError && error.cause === undefined;
    if (!isOther && !isGone(error)) throw error;
  }
}

/** What the service calls a blob that is not there; a container that is missing is another matter. */
const MISSING = ["BlobNotFound", "PathNotFound", ""];
/** What it calls a directory with objects in it, which is none itself. */
const DIRECTORY = ["DirectoryIsNotEmpty", "DirectoryNotEmpty"];

/** Whether a deletion failed because there was no blob to delete, and the service says so. */
export function isGone(error: unknown): boolean {
  const fault = faultOf(error);
  if (!fault?.marked) return false;
  return DIRECTORY.includes(fault.code) || (error instanceof NotFoundError && MISSING.includes(fault.code));
}
