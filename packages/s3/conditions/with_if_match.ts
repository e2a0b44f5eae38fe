import { PreconditionFailedError } from "@lade/core/backend";
import type { S3Connection } from "../wire/s3_connection.ts";
import { S3Fault } from "../errors/s3_fault.ts";
import { headObject } from "../objects/head_object.ts";
import { quoteEtag } from "@lade/service/body";
import type { ConditionTarget } from "./rely_on.ts";

/**
 * Makes a write or deletion with `If-Match`, in quotes as HTTP has it. A service that compares the text as it stands
 * never agrees to that: where it refuses and the object has the very etag, it is asked without the quotes, and so from
 * then on.
 */
export async function withIfMatch<T>(
  connection: S3Connection,
  { call, key, signal }: ConditionTarget,
  ifMatch: string | undefined,
  send: (ifMatch: string | undefined) => Promise<T>,
): Promise<T> {
  if (ifMatch === undefined) return await send(undefined);
  const { traits } = connection;
  if (traits.lacks("quoted-etag")) return await send(ifMatch);
  try {
    const answer = await send(quoteEtag(ifMatch));
    traits.shown("quoted-etag");
    return answer;
  } catch (error) {
    const settled = connection.endpoint.amazon || traits.takes("quoted-etag") || ifMatch === "*";
    if (settled || !isUnmatched(error)) throw error;
    const look = headObject(connection, call.uri, key, signal === undefined ? {} : { signal });
    if (!await look.then(({ etag }) => etag === ifMatch, () => false)) throw error;
    const answer = await send(ifMatch);
    traits.found("quoted-etag", connection.tellTrait);
    return answer;
  }
}

function isUnmatched(error: unknown): boolean {
  const fault = error instanceof PreconditionFailedError ? error.cause : error;
  return fault instanceof S3Fault && fault.status === 412;
}
