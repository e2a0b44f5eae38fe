import type { GetOptions, GetResult } from "@lade/core";
import type { S3Connection } from "../client/s3_connection.ts";
import { getObject } from "./get_object.ts";
import { headObject } from "./head_object.ts";

/**
 * Reads the last bytes of an object where the service cannot cut them by itself: by a range from the start, once a HEAD
 * told the size, pinned to the content that it told of.
 */
export async function getSuffix(
  connection: S3Connection,
  uri: string,
  key: string,
  suffixLength: number,
  { range: _, ...options }: GetOptions,
  onThrottled?: () => void,
): Promise<GetResult> {
  const { size, etag } = await headObject(connection, uri, key, options);
  const pinned = etag === undefined ? options : { ...options, ifMatch: etag };
  if (size <= suffixLength) return await getObject(connection, uri, key, pinned, onThrottled);
  const range = { offset: size - suffixLength, length: suffixLength };
  return await getObject(connection, uri, key, { ...pinned, range }, onThrottled);
}
