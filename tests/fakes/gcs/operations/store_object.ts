import type { Content } from "../../parts/content.ts";
import { GcsError } from "../gcs_error.ts";
import type { Bucket } from "../store/bucket.ts";
import type { ObjectAttributes, StoredObject } from "../store/stored_object.ts";
import type { Call } from "./call.ts";
import type { Checksums } from "./checksums.ts";
import { checkObjectName } from "./names.ts";
import { checkProtection } from "./protection.ts";

/** What an object is made of. */
export interface NewObject extends Checksums {
  /** The name. */
  readonly name: string;
  /** The bytes. */
  readonly content: Content;
  /** What was said of it. */
  readonly attributes: ObjectAttributes;
  /** Of how many it was composed. */
  readonly componentCount?: number | undefined;
}

/** Makes an object the live one, unless what is live is protected or is changed too often. */
export function storeObject(
  { server }: Pick<Call, "server">,
  bucket: Bucket,
  { name, content, attributes, crc32c, md5, componentCount }: NewObject,
): StoredObject {
  checkObjectName(name);
  const now = server.now();
  const current = bucket.entry(name)?.current;
  if (current && !bucket.settings.versioning) checkProtection(bucket, current, now);
  countMutation({ server }, bucket, name);
  const object: StoredObject = {
    ...attributes,
    name,
    generation: server.nextGeneration(),
    metageneration: 1,
    content,
    crc32c,
    md5,
    ...(componentCount !== undefined && { componentCount }),
    timeCreated: now,
    updated: now,
  };
  bucket.replace(object);
  return object;
}

/** Counts a change of an object, and refuses it where there were too many within a second. */
export function countMutation({ server }: Pick<Call, "server">, bucket: Bucket, name: string): void {
  const { settings: { maxMutationRate } } = server;
  if (maxMutationRate === Infinity) return;
  const entry = bucket.makeEntry(name);
  const now = server.now();
  entry.mutations = entry.mutations.filter((at) => at > now - 1000);
  if (entry.mutations.length >= maxMutationRate) {
    throw new GcsError(
      "SlowDown",
      `The object ${bucket.name}/${name} exceeded the rate limit for object mutation operations (create, update, ` +
        "and delete). Please reduce your request rate.",
    );
  }
  entry.mutations.push(now);
}
