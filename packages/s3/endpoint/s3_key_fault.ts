import { keyFault } from "@lade/core/backend";
import type { S3Config } from "../config/s3_config.ts";

const DOT_SEGMENT = /(?:^|\/)\.{1,2}(?:\/|$)/;

/** Why no object has this key, by the rules of S3 or because `fetch` would ask for another one; `undefined` for others. */
export function s3KeyFault({ transport }: S3Config, key: string): string | undefined {
  const fault = keyFault(key);
  if (fault !== undefined || transport !== "fetch" || !DOT_SEGMENT.test(key)) return fault;
  return 'fetch cannot ask for a key with a segment "." or ".."; use the transport "tcp"';
}
