import type { ObjectInfo } from "@lade/core/backend";
import type { CallName } from "@lade/core/errors";
import type { ResponseHeaders } from "@lade/service/http";
import { unquoteEtag } from "./etags.ts";
import type { HeaderNames } from "./header_names.ts";
import { unlikeService } from "./unlike_service.ts";

/**
 * What the headers of an answer say of its object. `whole` says that the answer is about all of its bytes. One
 * without a time is a `ServiceError`.
 */
export function readObjectInfo(
  names: HeaderNames,
  key: string,
  size: number,
  headers: ResponseHeaders,
  whole: boolean,
  call: CallName,
): ObjectInfo {
  const lastModified = new Date(headers.get("last-modified") ?? NaN);
  if (Number.isNaN(lastModified.getTime())) {
    throw unlikeService(call, names.service, "it has no valid Last-Modified");
  }
  const read = (name: string | undefined) => name === undefined ? undefined : headers.get(name);
  const etag = unquoteEtag(headers.get(names.etag ?? "etag"));
  const version = read(names.version);
  const contentType = headers.get("content-type");
  const contentEncoding = headers.get("content-encoding")?.split(",").map((each) => each.trim())
    .filter((each) => each !== "" && each !== names.framing).join(", ");
  const caching = headers.get("cache-control");
  const cacheControl = caching === names.usualCacheControl ? undefined : caching;
  const contentDisposition = headers.get("content-disposition");
  const contentLanguage = headers.get("content-language");
  const expires = names.usualCacheControl === undefined ? headers.get("expires") : undefined;
  const tagCount = Number(read(names.tagCount) ?? 0);
  const isInferred = read(names.inferredStorageClass) === "true";
  const storageClass = isInferred ? undefined : read(names.storageClass);
  const stored = headers.beginningWith(names.metadata)
    .map(([name, value]) => [name.slice(names.metadata.length), names.decodeMetadata(value)] as const)
    .filter(([name]) => !names.ownMetadata?.includes(name));
  // Filled in step by step: an object literal of optional parts costs a copy for each of them.
  const info: Writable<Omit<ObjectInfo, "metadata">> = { key, size, lastModified };
  if (etag !== undefined) info.etag = etag;
  if (version !== undefined) info.version = version;
  if (contentType) info.contentType = contentType;
  if (contentEncoding) info.contentEncoding = contentEncoding;
  if (cacheControl) info.cacheControl = cacheControl;
  if (contentDisposition) info.contentDisposition = contentDisposition;
  if (contentLanguage) info.contentLanguage = contentLanguage;
  if (expires !== undefined) {
    const time = new Date(expires);
    if (!Number.isNaN(time.getTime())) info.expires = time;
  }
  if (tagCount > 0) info.tagCount = tagCount;
  if (storageClass && storageClass !== names.usualStorageClass) info.storageClass = storageClass;
  const metadata = names.storedMetadata ?? Object.fromEntries(stored);
  return Object.assign(info, names.readChecksums(headers, whole, size), { metadata });
}

type Writable<T> = { -readonly [name in keyof T]: T[name] };
