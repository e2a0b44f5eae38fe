import type { Listed } from "./difference.ts";
import { ListedObject } from "./listed_object.ts";

/** Some file systems have whole seconds. */
const MOMENT_MS = 1000;

/**
 * Whether the target is not older than the source, as far as the coarser of their times tells: services have whole seconds,
 * or tell them in some answers.
 */
export function isNotOlder(source: Listed, target: Listed): boolean {
  return timeOf(source) - timeOf(target) < precisionOf(source, target);
}

/**
 * Whether both are local and the target is newer by more than a moment, which a copy is not: it keeps the time of its
 * source, or gets a little later one where times follow each other closely. So it was written by something else.
 */
export function isLocalAndLater(source: Listed, target: Listed): boolean {
  return isLocal(source) && isLocal(target) && timeOf(target) - timeOf(source) >= MOMENT_MS;
}

/** Whether the target is newer than the source, as far as the coarser of their times tells. */
export function isNewer(source: Listed, target: Listed): boolean {
  return timeOf(target) - timeOf(source) >= precisionOf(source, target);
}

/** What times of two sides may differ by and still be the same, in milliseconds. */
export function precisionOf(source: Listed, target: Listed): number {
  return hasExactTimes(source) && hasExactTimes(target) ? 1 : 1000;
}

/** Whether an object is a local file, which takes no request to read. */
export function isLocal(listed: Listed): boolean {
  const uri = placeOf(listed);
  return uri.startsWith("file:") || uri.startsWith("direct:");
}

function hasExactTimes(listed: Listed): boolean {
  return isLocal(listed) || placeOf(listed).startsWith("memory:");
}

/** What the URI begins with, which is not made for that where it need not be. */
function placeOf(listed: Listed): string {
  return listed instanceof ListedObject ? listed.within : listed.uri;
}

function timeOf({ meta }: Listed): number {
  return meta.lastModified.getTime();
}
