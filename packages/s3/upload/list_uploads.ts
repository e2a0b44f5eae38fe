import type { CallOptions, PendingUpload } from "@lade/core/backend";
import * as parts from "@lade/service/parts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { payerHeaders } from "../headers/read_headers.ts";
import { S3_HEADERS } from "../headers/s3_headers.ts";
import { readDocument } from "../wire/read_document.ts";
import type { S3Connection } from "../wire/s3_connection.ts";

/** Lists the pending uploads of keys that start with `prefix`. */
export function listUploads(
  connection: S3Connection,
  uri: string,
  prefix: string,
  { signal }: CallOptions,
): AsyncGenerator<PendingUpload, void, void> {
  const call: FailedCall = {
    operation: "list the uploads of",
    uri,
    permission: "s3:ListBucketMultipartUploads",
  };
  const request = { method: "GET", headers: payerHeaders(connection.config), signal, call } as const;
  return parts.listUploads(
    {
      ...{ service: S3_HEADERS.service, call, signal },
      ask: (query, read) => readDocument(connection, { ...request, query }, read),
    },
    uri,
    prefix,
  );
}
