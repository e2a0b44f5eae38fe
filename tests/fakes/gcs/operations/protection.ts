import { GcsError } from "../gcs_error.ts";
import type { Bucket } from "../store/bucket.ts";
import type { StoredObject } from "../store/stored_object.ts";
import { isoTime } from "./call.ts";

/** Refuses to delete or replace an object that a hold or a retention protects. */
export function checkProtection({ name, settings }: Bucket, object: StoredObject, now: number): void {
  const what = `Object '${name}/${object.name}'`;
  const hold = object.temporaryHold ? "Temporary" : object.eventBasedHold ? "Event-Based" : undefined;
  if (hold !== undefined) {
    throw new GcsError(
      "ObjectUnderActiveHold",
      `${what} is under active ${hold} hold and cannot be deleted, overwritten or archived until hold is removed.`,
    );
  }
  const own = object.retention ? Date.parse(object.retention.retainUntilTime) : 0;
  const until = Math.max(own, settings.retentionMs > 0 ? object.timeCreated + settings.retentionMs : 0);
  if (until <= now) return;
  throw new GcsError(
    "RetentionPolicyNotMet",
    `${what} is subject to bucket's retention policy or object retention and cannot be deleted or overwritten until ` +
      isoTime(until),
  );
}
