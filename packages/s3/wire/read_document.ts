import { askForDocument } from "@lade/service/call";
import { parseXml, type XmlElement } from "@lade/service/xml";
import { unlikeS3 } from "../headers/s3_headers.ts";
import type { S3Connection } from "./s3_connection.ts";
import type { S3Request } from "./s3_request.ts";

/** Bytes of a document at most: a page of 1,000 keys of 1,024 bytes in three-byte escapes has 4 MB. */
const MAX_DOCUMENT_BYTES = 2 ** 25;

/**
 * Sends a request that asks for a document, and gives what `read` makes of it. A document that breaks off, or that
 * `read` says is not complete by a `SyntaxError`, is asked for again, twice at most; one that is no XML, and any other
 * `SyntaxError` of `read`, is the error of an answer that is not S3's.
 */
export async function readDocument<T>(
  connection: S3Connection,
  request: S3Request,
  read: (root: XmlElement) => T,
): Promise<T> {
  const { call, signal } = request;
  const { clock, config: { bounds } } = connection;
  try {
    return await askForDocument(() => connection.send(request), {
      parse: (text) => read(parseXml(text)),
      isCutOff: ({ message }) => message.includes("not complete"),
      maxBytes: MAX_DOCUMENT_BYTES,
      clock,
      patienceMs: bounds.patienceMs,
      signal,
    });
  } catch (error) {
    throw error instanceof SyntaxError ? unlikeS3(call, error.message) : connection.translate(error, call);
  }
}
