import { TransportError } from "@lade/service/http";
import type { S3Connection } from "../client/s3_connection.ts";
import type { S3Request } from "../client/s3_request.ts";
import { unlikeS3 } from "../objects/s3_headers.ts";
import { parseXml, type XmlElement } from "@lade/service/xml";

/** Bytes of a document at most: a page of 1,000 keys of 1,024 bytes in three-byte escapes has 4 MB. */
const MAX_DOCUMENT_BYTES = 2 ** 25;
const MAX_TRIES = 3;
const WAIT_MS = 200;

/**
 * Sends a request that asks for a document, and gives what `read` makes of it. A document that breaks off is asked for
 * again, twice at most; one that is no XML, and a `SyntaxError` of `read`, is the error of an answer that is not S3's.
 */
export async function readDocument<T>(
  connection: S3Connection,
  request: S3Request,
  read: (root: XmlElement) => T,
): Promise<T> {
  const { call, signal } = request;
  const { clock, config: { bounds } } = connection;
  const startMs = clock.monotonicMs();
  for (let tries = 1;; tries++) {
    const response = await connection.send(request);
    let root: XmlElement;
    try {
      root = parseXml(await response.body.text(MAX_DOCUMENT_BYTES));
    } catch (error) {
      signal?.throwIfAborted();
      const spentMs = clock.monotonicMs() - startMs + (error instanceof TransportError ? error.waitedMs : 0);
      // Another silence like this one would be over too late.
      if (tries >= MAX_TRIES || !brokeOff(error) || spentMs > bounds.patienceMs) {
        throw error instanceof SyntaxError
          ? unlikeS3(call, error.message)
          : connection.translate(error, call);
      }
      if (tries > 1) await clock.sleep(WAIT_MS, signal ?? undefined);
      continue;
    }
    try {
      return read(root);
    } catch (error) {
      throw error instanceof SyntaxError ? unlikeS3(call, error.message) : error;
    }
  }
}

function brokeOff(error: unknown): boolean {
  return error instanceof TransportError
    ? error.retryable
    : error instanceof SyntaxError && error.message.includes("not complete");
}
