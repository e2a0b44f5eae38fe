import type { FailedCall } from "../errors/to_store_error.ts";
import { unlikeS3 } from "../headers/s3_headers.ts";
import { childText, type XmlElement } from "@lade/service/xml";

/**
 * Whether a page says that there are more; `next` is where it says that they begin. Only S3's own words count: a page that
 * names a next one and does not say whether it is the last is an error, since a wrong guess lists half or endlessly.
 */
export function isTruncated(root: XmlElement, next: string | undefined, call: FailedCall): boolean {
  const text = childText(root, "IsTruncated");
  const truncated = text?.trim() === "true";
  if (truncated && !next) throw unlikeS3(call, "a truncated page does not tell where the next one begins");
  if (next && !truncated && text?.trim() !== "false") {
    const words = text === undefined ? "has no IsTruncated" : `has IsTruncated ${JSON.stringify(text)}`;
    throw unlikeS3(call, `a page names a next one and ${words}, so it is not known whether it is the last`);
  }
  return truncated;
}
