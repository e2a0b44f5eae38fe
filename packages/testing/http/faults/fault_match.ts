import type { RequestRecord } from "../request_record.ts";

/** Which requests a fault strikes. Everything given must hold. */
export interface FaultMatch<R extends RequestRecord = RequestRecord> {
  /** The method. */
  method?: string;
  /** The operation in the service's words, or several. */
  operation?: NonNullable<R["operation"]> | readonly NonNullable<R["operation"]>[];
  /** The key, or a pattern of it. */
  key?: string | RegExp;
  /** Anything else about the request. */
  where?(request: R): boolean;
  /** Strikes from the n-th request that fits the above, counted from 1. */
  nth?: number;
  /** How many of them it strikes; one, or any number where one of the next three is given. */
  times?: number;
  /** Strikes with this probability, drawn from `seed`. */
  probability?: number;
  /** The seed; 1 by default. */
  seed?: number;
  /** Strikes only requests beyond this many concurrent ones. */
  overConcurrency?: number;
  /**
   * Strikes only requests beyond this many that were let through in the last second of the server's clock.
   */
  overPerSecond?: number;
}

/** Whether a request has everything a match names about it, its turn and the load aside. */
export function fits<R extends RequestRecord>(match: FaultMatch<R>, request: R): boolean {
  const { method, operation, key } = match;
  if (method !== undefined && method !== request.method) return false;
  if (operation !== undefined && ![operation].flat().some((name) => name === request.operation)) return false;
  if (typeof key === "string" ? key !== request.key : key !== undefined && !key.test(request.key)) {
    return false;
  }
  return match.where?.(request) ?? true;
}
