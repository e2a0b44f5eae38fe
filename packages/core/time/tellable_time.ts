/** The last moment that a `Date` can hold, in milliseconds since 1970. */
export const LAST_MS = 8.64e15;

/**
 * A time that the system tells of a file. Some file systems hold times that no `Date` can: those count as the last one that
 * it can, so that nobody takes such a file for an old one.
 */
export function tellableTime(time: Date): Date {
  return Number.isNaN(time.getTime()) ? new Date(LAST_MS) : time;
}
