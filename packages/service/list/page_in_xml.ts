import type { CallName } from "@lade/core/errors";
import { unlikeService } from "../body/mod.ts";
import { childText, type XmlElement } from "../xml/mod.ts";

/**
 * Whether a page in XML says that there are more; `next` is where it says that they begin. Only the words of the reference
 * count: a page that names a next one and does not say whether it is the last is an error, since a wrong guess lists half or
 * endlessly.
 */
export function isTruncated(
  root: XmlElement,
  next: string | undefined,
  service: string,
  call: CallName,
): boolean {
  const text = childText(root, "IsTruncated");
  const truncated = text?.trim() === "true";
  if (truncated && !next) {
    throw unlikeService(call, service, "a truncated page does not tell where the next one begins");
  }
  if (next && !truncated && text?.trim() !== "false") {
    const words = text === undefined ? "has no IsTruncated" : `has IsTruncated ${JSON.stringify(text)}`;
    const what = `a page names a next one and ${words}, so it is not known whether it is the last`;
    throw unlikeService(call, service, what);
  }
  return truncated;
}

/** How names of a page in XML are to be decoded: services need not know `encoding-type=url`. */
export function decoderOf(root: XmlElement): (text: string) => string {
  return childText(root, "EncodingType") === "url" ? decodeUrl : (text: string) => text;
}

/** Undoes `encoding-type=url`, where a space is a plus sign. */
function decodeUrl(text: string): string {
  if (!text.includes("%") && !text.includes("+")) return text;
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new SyntaxError(`Cannot decode ${JSON.stringify(text)}: it is not percent-encoded UTF-8`);
  }
}
