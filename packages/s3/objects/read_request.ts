import { checkVersion, type GetOptions } from "@lade/core/backend";
import { conditionHeaders } from "@lade/service/body";
import type { S3Connection } from "../wire/s3_connection.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { isRefusedHeader, withExtra } from "../wire/plainer_way.ts";
import { type HeaderRecord, objectHeaders } from "../headers/read_headers.ts";

/** Makes a GET or HEAD that asks for checksums, or one that does not where the service refuses to be asked. */
export function askVerifiably<T>(
  connection: S3Connection,
  headers: HeaderRecord,
  send: (headers: HeaderRecord) => Promise<T>,
): Promise<T> {
  if (headers[CHECKSUM_MODE] === undefined) return send(headers);
  return withExtra(connection, "download-checksum", isRefusedHeader, (extra) => {
    if (extra) return send(headers);
    const { [CHECKSUM_MODE]: _, ...plain } = headers;
    return send(plain);
  });
}

const CHECKSUM_MODE = "x-amz-checksum-mode";

/** The headers that a GET and a HEAD share. */
export function readHeaders(connection: S3Connection, options: Omit<GetOptions, "range">): HeaderRecord {
  const { config } = connection;
  const headers = objectHeaders(config);
  if (config.verifyDownloads) headers[CHECKSUM_MODE] = "ENABLED";
  return Object.assign(headers, conditionHeaders(options));
}

/** The IAM permission that reading an object, or a version of it, needs. */
export function readPermission({ version }: Pick<GetOptions, "version">): string {
  return version === undefined ? "s3:GetObject" : "s3:GetObjectVersion";
}

/** What a refusal to read says to allow: without leave to list, a missing object is refused too. */
export function readAdvice(options: Pick<GetOptions, "version">): string {
  return `${readPermission(options)} (a missing object is refused so too, unless s3:ListBucket is allowed)`;
}

/** The query that names a version. */
export function versionQuery(
  { operation, uri }: FailedCall,
  version: string | undefined,
): { versionId?: string } {
  checkVersion(operation, uri, version);
  return version === undefined ? {} : { versionId: version };
}
