import type { ObjectAttributes } from "../contract/types.ts";

const ATTRIBUTES: Readonly<Record<keyof ObjectAttributes, true>> = {
  contentType: true,
  contentEncoding: true,
  cacheControl: true,
  contentDisposition: true,
  contentLanguage: true,
  expires: true,
  storageClass: true,
  metadata: true,
  tags: true,
};

/** The names of all attributes that an object can be written with, each once. */
export const ATTRIBUTE_NAMES: readonly (keyof ObjectAttributes)[] = Object.keys(
  ATTRIBUTES,
) as (keyof ObjectAttributes)[];
