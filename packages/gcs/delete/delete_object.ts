import { type DeleteOptions, type KeyCall, NotFoundError } from "@lade/core/backend";
import { deleteHeld } from "@lade/service/delete";
import { faultOf } from "@lade/service/errors";
import { removeByJson } from "../client/ask_json.ts";
import { generationQuery } from "../client/gcs_conditions.ts";
import { type GcsTarget, jsonPath } from "../client/gcs_target.ts";
import { headObject } from "../objects/read_object.ts";

/** Deletes an object or a version of it; one that is not there is no error. */
export async function deleteObject(
  target: GcsTarget,
  key: string,
  options: DeleteOptions,
  call: KeyCall,
): Promise<void> {
  const { ifMatch, signal } = options;
  const send = async () => {
    await removeByJson(target, {
      path: jsonPath(target, key),
      query: { ...generationQuery(options) },
      // Sent twice, the second would not find what the first one deleted.
      idempotent: ifMatch === undefined,
      signal,
      call: { ...call, ...(options.version !== undefined && { step: "delete a version of" }) },
    });
  };
  const head = () => headObject(target, key, signal ? { signal } : {}, { ...call, operation: "head" });
  try {
    await (ifMatch === undefined ? send() : deleteHeld({ send, head, ifMatch, signal }));
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Whether a deletion failed because there was no object to delete, and the service says so. */
export function isGone(error: unknown): boolean {
  return error instanceof NotFoundError && faultOf(error)?.marked === true && !isOfBucket(error);
}

/** A bucket that is missing is another matter. */
function isOfBucket({ cause }: NotFoundError): boolean {
  return /\bbucket does not exist\b/i.test(String(cause));
}
