import { checkCall, checkIfIgnored, type DeleteOptions, NotFoundError } from "@lade/core/backend";
import { conditionHeaders } from "@lade/service/body";
import { deleteHeld } from "@lade/service/delete";
import { ServiceFault } from "@lade/service/errors";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";
import { headBlob } from "../objects/read_blob.ts";

/** Deletes a blob; one that is not there is no error. */
export async function deleteBlob(target: AzureTarget, key: string, options: DeleteOptions): Promise<void> {
  const { ifMatch, signal } = options;
  const call = checkCall(target, "delete", key, options);
  checkIfIgnored(call, options);
  const send = async () => {
    const headers = conditionHeaders(options);
    const idempotent = ifMatch === undefined;
    const path = pathOf(target, key);
    await target.client.send({
      method: "DELETE",
      path,
      headers,
      kind: "removal",
      statuses: [202],
      idempotent,
      signal,
      call,
    });
  };
  const head = () => headBlob(target, key, signal === undefined ? {} : { signal });
  try {
    await (ifMatch === undefined ? send() : deleteHeld({ send, head, ifMatch, signal }));
  } catch (error) {
    const fault = error instanceof NotFoundError ? error.cause : undefined;
    if (!(error instanceof NotFoundError)) throw error;
    if (fault instanceof ServiceFault && fault.code === "ContainerNotFound") throw error;
  }
}
