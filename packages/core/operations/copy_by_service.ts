import type { ObjectStore } from "../contract/object_store.ts";
import type { CopyOptions, CopyResult, ObjectAttributes } from "../contract/types.ts";
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
    const attributes = attributesOf(options);
    const isChanged = Object.keys(attributes).length > 0;
    const copied =
      (isChanged ? await changeInPlace(from, fromKey, to, toKey, attributes, options) : undefined) ??
        await copyNatively(from, fromKey, to, toKey, isChanged ? attributes : undefined, options);
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
  attributes: ObjectAttributes | undefined,
  options: CopyObjectOptions,
): Promise<CopyResult | undefined> {
  const copying = attributes
    ? await changingOptions(from, fromKey, attributes, options)
    : plainOptions(options, options.source);
  // What the source has under names that the destination cannot hold is left out by who reads and writes.
  const metadata = options.metadata ? undefined : copying.attributes?.metadata;
  if (metadata && Object.keys(metadata).some((name) => to.metadataNameFault(name) !== undefined)) {
    return undefined;
  }
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
  attributes: ObjectAttributes,
  options: CopyObjectOptions,
): Promise<CopyResult | undefined> {
  const { signal, ifMatch, ifNoneMatch, ifIgnored, sourceIfMatch, version, keepTime = true } = options;
  if (from !== to || fromKey !== toKey || version !== undefined || ifNoneMatch !== undefined) {
    return undefined;
  }
  if (!from.setAttributes) return undefined;
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

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

function plainOptions(options: CopyObjectOptions, source: CopyOptions["source"]): CopyOptions {
  const { signal, ifMatch, ifNoneMatch, ifIgnored, sourceIfMatch, version, keepTime, forMove } = options;
  const plain: Writable<CopyOptions> = {};
  if (signal) plain.signal = signal;
  if (ifMatch !== undefined) plain.ifMatch = ifMatch;
  if (ifNoneMatch !== undefined) plain.ifNoneMatch = ifNoneMatch;
  if (ifIgnored !== undefined) plain.ifIgnored = ifIgnored;
  if (sourceIfMatch !== undefined) plain.sourceIfMatch = sourceIfMatch;
  if (version !== undefined) plain.sourceVersion = version;
  if (keepTime !== undefined) plain.keepTime = keepTime;
  if (forMove !== undefined) plain.forMove = forMove;
  if (source) plain.source = source;
  return plain;
}

/** The options of a rename that was asked for by those of a move. */
export async function renameOptions(
  from: ObjectStore,
  fromKey: string,
  { forMove: _always, ...options }: CopyObjectOptions,
): Promise<CopyOptions> {
  const attributes = attributesOf(options);
  return Object.keys(attributes).length > 0
    ? await changingOptions(from, fromKey, attributes, options)
    : plainOptions(options, undefined);
}

/** Where attributes change, the others are asked for, and belong to the content of that moment. */
async function changingOptions(
  from: ObjectStore,
  fromKey: string,
  attributes: ObjectAttributes,
  options: CopyObjectOptions,
): Promise<CopyOptions> {
  const { signal, sourceIfMatch, version } = options;
  const plain = plainOptions(options, undefined);
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
