import type { Check } from "@lade/core";
import { failedCheck } from "@lade/service/diagnosis";
import type { S3Connection } from "../client/s3_connection.ts";
import { maskKeyId } from "../credentials/mask_key_id.ts";

/** The check that an error ended, with the id of the access key masked. */
export async function maskedCheck(name: string, error: unknown, connection: S3Connection): Promise<Check> {
  const keys = await Promise.resolve(connection.credentials?.get()).catch(() => undefined);
  if (!keys) return failedCheck(name, error);
  const { accessKeyId } = keys;
  return failedCheck(name, error, (words) => words.replaceAll(accessKeyId, maskKeyId(accessKeyId)));
}
