import type { GetTagsOptions } from "@lade/core";
import type { S3Connection } from "../wire/s3_connection.ts";
import type { FailedCall } from "../errors/to_store_error.ts";
import { readTags } from "@lade/service/body";
import { versionQuery } from "./read_request.ts";
import { S3_HEADERS, unlikeS3 } from "../headers/s3_headers.ts";
import { payerHeaders } from "../headers/read_headers.ts";
import { readDocument } from "../wire/read_document.ts";

/** Asks for the tags of an object. */
export async function getTags(
  connection: S3Connection,
  uri: string,
  key: string,
  { signal, version }: GetTagsOptions,
): Promise<Record<string, string>> {
  const permission = version === undefined ? "s3:GetObjectTagging" : "s3:GetObjectVersionTagging";
  const call: FailedCall = { operation: "get the tags of", uri, permission };
  const request = {
    method: "GET",
    key,
    query: { tagging: "", ...versionQuery(call, version) },
    headers: payerHeaders(connection.config),
    signal,
    call,
  } as const;
  return await readDocument(connection, request, (root) => {
    const isOurs = root.name === "Tagging" && root.children.some(({ name }) => name === "TagSet");
    if (!isOurs) throw unlikeS3(call, `its root element is ${root.name}`);
    return readTags(root, S3_HEADERS.service, call);
  });
}
