import type { Page } from "@lade/service/list";
import * as parts from "@lade/service/parts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { objectHeaders } from "../headers/read_headers.ts";
import { S3_HEADERS } from "../headers/s3_headers.ts";
import { readDocument } from "../wire/read_document.ts";
import type { S3Connection } from "../wire/s3_connection.ts";

/** Lists the parts that the service has of an upload, by number. */
export function listParts(
  connection: S3Connection,
  uri: string,
  key: string,
  uploadId: string,
  { signal }: { readonly signal?: AbortSignal | undefined },
  operation = "list the parts of",
): AsyncGenerator<parts.PendingPart, void, void> {
  return parts.listParts(readingOf(connection, uri, key, operation, signal), uploadId);
}

/** Asks for the first of an upload's parts; a `NotFoundError` where there is no such upload. */
export function firstPart(
  connection: S3Connection,
  uri: string,
  key: string,
  uploadId: string,
): Promise<Page<parts.PendingPart>> {
  return parts.partPage(readingOf(connection, uri, key, "list the parts of"), uploadId, { most: 1 });
}

function readingOf(
  connection: S3Connection,
  uri: string,
  key: string,
  operation: string,
  signal?: AbortSignal,
): parts.PartsReading {
  const call: FailedCall = { operation, uri, permission: "s3:ListMultipartUploadParts" };
  const request = { method: "GET", key, headers: objectHeaders(connection.config), signal, call } as const;
  return {
    ...{ service: S3_HEADERS.service, call, signal },
    ask: (query, read) => readDocument(connection, { ...request, query }, read),
  };
}
