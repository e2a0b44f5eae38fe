import { type Check, StoreError } from "@lade/core/backend";
import type { S3Connection } from "../client/s3_connection.ts";
import { maskKeyId } from "./mask_key_id.ts";

/**
 * The check that an error ended. What it tells to try next becomes the advice, and the id of the access key is masked.
 */
export async function failedCheck(name: string, error: unknown, connection: S3Connection): Promise<Check> {
  const told = error instanceof StoreError
    ? error.detail
    : error instanceof Error
    ? error.message
    : String(error);
  const keys = await Promise.resolve(connection.credentials?.get()).catch(() => undefined);
  const words = keys ? told.replaceAll(keys.accessKeyId, maskKeyId(keys.accessKeyId)) : told;
  const at = words.indexOf("; ");
  return {
    name,
    outcome: "failed",
    detail: at < 0 ? words : words.slice(0, at),
    ...(at < 0 ? {} : { advice: words.slice(at + 2) }),
    ...(error instanceof Error ? { error } : {}),
  };
}
