import type { ObjectStore } from "../contract/object_store.ts";
import type { CopyOptions, CopyResult } from "../contract/types.ts";
import { PermissionDeniedError, UnsupportedError } from "../errors/errors.ts";
import { attributesOf } from "../write/attributes_of.ts";
import { mergedAttributes } from "./carry.ts";
import type { CopyObjectOptions } from "./copy_object_options.ts";

/**
 * Copies by the service's own means where it has both objects. `undefined` where there are no such means, or where they
 * are refused though reading and writing may be allowed: rights for tags, say, or a condition that copies do not have.
 */
export async function copyByService(
  from: ObjectStore,
  fromKey: string,
  to: ObjectStore,
  toKey: string,
  options: CopyObjectOptions,
): Promise<CopyResult | undefined> {
  if (from !== to && !to.copyFrom) return undefined;
  try {
    const copied = await changeInPlace(from, fromKey, to, toKey, options) ??
      await copyNatively(from, fromKey, to, toKey, options);
    if (copied) options.onProgress?.({ type: "bytes", key: fromKey, bytes: copied.size });
    return copied;
  } catch (error) {
    if (error instanceof PermissionDeniedError || error instanceof UnsupportedError) return undefined;
    throw error;
  }
}

async function copyNatively(
  from: ObjectStore,
  fromKey: string,
  to: ObjectStore,
  toKey: string,
  options: CopyObjectOptions,
): Promise<CopyResult | undefined> {
  const copying = await copyOptions(from, fromKey, options);
  // What the source has under names that the destination cannot hold is left out by who reads and writes.
  const { metadata = {} } = options.metadata ? {} : copying.attributes ?? {};
  if (Object.keys(metadata).some((name) => to.metadataNameFault(name) !== undefined)) return undefined;
  return from === to
    ? await from.copy(fromKey, toKey, copying)
    : await to.copyFrom?.(from, fromKey, toKey, copying);
}

/** A copy of an object onto itself with other attributes is a change of these, where the store has such a call. */
async function changeInPlace(
  from: ObjectStore,
  fromKey: string,
  to: ObjectStore,
  toKey: string,
  options: CopyObjectOptions,
): Promise<CopyResult | undefined> {
  const { signal, ifMatch, ifNoneMatch, ifIgnored, sourceIfMatch, version, keepTime = true } = options;
  if (from !== to || fromKey !== toKey || version !== undefined || ifNoneMatch !== undefined) {
    return undefined;
  }
  const attributes = attributesOf(options);
  if (Object.keys(attributes).length === 0 || !from.setAttributes) return undefined;
  if (from.capabilities.setAttributes === false || (ifMatch !== undefined && sourceIfMatch !== undefined)) {
    return undefined;
  }
  // The time that is to be kept is in the metadata, which would be replaced.
  if (attributes.metadata && keepTime) return undefined;
  const etag = ifMatch ?? sourceIfMatch;
  return await from.setAttributes(fromKey, attributes, {
    ...(signal && { signal }),
    ...(etag !== undefined && { ifMatch: etag }),
    ...(ifIgnored !== undefined && { ifIgnored }),
  });
}

async function copyOptions(
  from: ObjectStore,
  fromKey: string,
  options: CopyObjectOptions,
): Promise<CopyOptions> {
  const { signal, ifMatch, ifNoneMatch, ifIgnored, sourceIfMatch, version, source, keepTime, forMove } =
    options;
  const plain: CopyOptions = {
    ...(signal && { signal }),
    ...(ifMatch !== undefined && { ifMatch }),
    ...(ifNoneMatch !== undefined && { ifNoneMatch }),
    ...(ifIgnored !== undefined && { ifIgnored }),
    ...(sourceIfMatch !== undefined && { sourceIfMatch }),
    ...(version !== undefined && { sourceVersion: version }),
    ...(keepTime !== undefined && { keepTime }),
    ...(forMove !== undefined && { forMove }),
  };
  const attributes = attributesOf(options);
  if (Object.keys(attributes).length === 0) return { ...plain, ...(source && { source }) };
  if (from.capabilities.attributes === false) return { ...plain, attributes };
  const info = await from.head(fromKey, {
    ...(signal && { signal }),
    ...(sourceIfMatch !== undefined && { ifMatch: sourceIfMatch }),
    ...(version !== undefined && { version }),
  });
  return {
    ...plain,
    attributes: mergedAttributes(info, options),
    source: info,
    // The attributes belong to this content.
    ...(info.etag !== undefined && { sourceIfMatch: info.etag }),
  };
}
