import type { Bucket } from "../store/bucket.ts";
import { etagOf, type StoredObject } from "../store/stored_object.ts";
import { type Call, isoTime } from "./call.ts";

/** An object as the JSON API describes it. */
export function objectResource(
  { server }: Pick<Call, "server">,
  bucket: Bucket,
  object: StoredObject,
): unknown {
  const { name, generation, metageneration, kmsKeyName } = object;
  const link = `${server.url()}/storage/v1/b/${bucket.name}/o/${encodeURIComponent(name)}`;
  const { retentionMs } = bucket.settings;
  const has = <T>(value: T | undefined, key: string) => value === undefined ? {} : { [key]: value };
  return {
    kind: "storage#object",
    id: `${bucket.name}/${name}/${generation}`,
    selfLink: link,
    mediaLink: `${server.url()}/download/storage/v1/b/${bucket.name}/o/${encodeURIComponent(name)}` +
      `?generation=${generation}&alt=media`,
    name,
    bucket: bucket.name,
    generation,
    metageneration: String(metageneration),
    ...object.fields,
    storageClass: object.storageClass,
    size: String(object.content.size),
    ...has(object.md5, "md5Hash"),
    crc32c: object.crc32c,
    ...has(object.componentCount, "componentCount"),
    etag: etagOf(object),
    ...(object.temporaryHold && { temporaryHold: true }),
    ...(object.eventBasedHold && { eventBasedHold: true }),
    ...has(object.retention, "retention"),
    ...(retentionMs > 0 && { retentionExpirationTime: isoTime(object.timeCreated + retentionMs) }),
    ...has(kmsKeyName === undefined ? undefined : `${kmsKeyName}/cryptoKeyVersions/1`, "kmsKeyName"),
    timeCreated: isoTime(object.timeCreated),
    updated: isoTime(object.updated),
    timeStorageClassUpdated: isoTime(object.timeCreated),
    timeFinalized: isoTime(object.timeCreated),
    ...has(object.timeDeleted === undefined ? undefined : isoTime(object.timeDeleted), "timeDeleted"),
    ...(object.contexts.size > 0 && { contexts: { custom: contextsOf(object) } }),
    ...(object.metadata.size > 0 && { metadata: Object.fromEntries(object.metadata) }),
  };
}

function contextsOf({ contexts, timeCreated }: StoredObject): unknown {
  const createTime = isoTime(timeCreated);
  return Object.fromEntries(
    [...contexts].map(([name, value]) => [name, { value, createTime, updateTime: createTime }]),
  );
}
