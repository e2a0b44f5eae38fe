import { profileKey } from "../credentials/find_credentials.ts";
import type { S3Connection } from "../wire/s3_connection.ts";

/** Whether one service has both buckets and the same identity asks: then the service can copy between them. */
export async function isSameService(one: S3Connection, other: S3Connection): Promise<boolean> {
  return serviceOf(one) === serviceOf(other) && await isSameIdentity(one, other);
}

/** Amazon's regions copy between each other, as far as they are of one partition. */
function serviceOf({ endpoint, region }: S3Connection): string {
  if (!endpoint.amazon) return endpoint.serviceUrl;
  const domain = new URL(endpoint.serviceUrl).hostname.split(".").slice(-2).join(".");
  return region.startsWith("us-gov-") ? `us-gov ${domain}` : domain;
}

async function isSameIdentity(one: S3Connection, other: S3Connection): Promise<boolean> {
  if (one.credentials?.cache === other.credentials?.cache) return true;
  if (!one.credentials || !other.credentials) return false;
  // Both are looked up in the same places. Temporary keys of one role differ with each look.
  const given = one.config.credentials ?? other.config.credentials;
  if (given === undefined && profileKey(one.config) === profileKey(other.config)) return true;
  const [a, b] = await Promise.all([one.credentials.get(), other.credentials.get()]);
  return a.accessKeyId === b.accessKeyId && a.sessionToken === b.sessionToken;
}
