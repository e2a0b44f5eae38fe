import type { ObjectAttributes } from "@lade/core/backend";
import type { HeaderNames } from "./header_names.ts";

const HEADER_VALUE = /^[\t\x20-\x7e]*$/;

/** The headers of attributes for which HTTP has one. */
const TEXTS = [
  ["contentType", "content-type"],
  ["contentEncoding", "content-encoding"],
  ["cacheControl", "cache-control"],
  ["contentDisposition", "content-disposition"],
  ["contentLanguage", "content-language"],
] as const;

/**
 * The headers of a write that store attributes with an object, but for tags. Text that a header cannot carry is a
 * `TypeError`; metadata is written in the form of `names`.
 */
export function attributesAsHeaders(names: HeaderNames, given: ObjectAttributes): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, header] of TEXTS) {
    const value = given[name];
    if (value !== undefined) headers[names.written?.[name] ?? header] = headerValue(name, value);
  }
  const { expires, metadata = {}, storageClass } = given;
  if (expires !== undefined) headers["expires"] = expires.toUTCString();
  if (storageClass !== undefined && names.storageClass !== undefined) {
    headers[names.storageClass] = headerValue("storageClass", storageClass);
  }
  for (const [name, value] of Object.entries(metadata)) {
    headers[names.metadata + name.toLowerCase()] = names.encodeMetadata(value);
  }
  return headers;
}

function headerValue(name: string, value: string): string {
  if (HEADER_VALUE.test(value)) return value;
  const advice = name === "contentDisposition"
    ? "; write names that are not ASCII as filename*=UTF-8''…"
    : "";
  throw new TypeError(
    `Cannot store ${name} ${JSON.stringify(value)}: HTTP headers carry ASCII and no line breaks${advice}`,
  );
}
