import type { ObjectAttributes, ObjectInfo } from "../contract/types.ts";

const FIELDS = [
  "contentType",
  "contentEncoding",
  "cacheControl",
  "contentDisposition",
  "contentLanguage",
  "expires",
  "storageClass",
] as const;

/** What has to be written with a copy of an object for it to be described alike; tags, which are asked for, are not in it. */
export function attributesOf(info: ObjectInfo): ObjectAttributes {
  const known = FIELDS.flatMap((name) => info[name] === undefined ? [] : [[name, info[name]]]);
  return { ...Object.fromEntries(known), metadata: info.metadata };
}
