import { optionWords } from "@lade/core/backend";

/** What the number of workers depends on. */
export interface WorkersGround {
  /** Whether anything is of a module, and can be sent to a worker. */
  readonly isOfModule: boolean;
  /** Processors of the machine. */
  readonly processors: number;
  /** Whether the runtime has `Worker`, as Node has not; found out by default. */
  readonly hasWorkers?: boolean;
}

/** More than anybody has use for, and a bound for the memory that their programs take. */
const MOST = 512;

/**
 * How many workers there are: those that are wanted, or one less than there are processors, which leaves one to reading and to
 * the caller, and none where the runtime has none. Wanting some without a module is a `TypeError` that says what to give.
 */
export function resolveWorkers(
  wanted: number | undefined,
  { isOfModule, processors, hasWorkers = typeof Worker !== "undefined" }: WorkersGround,
): number {
  if (wanted === undefined) return isOfModule && hasWorkers ? Math.min(MOST, Math.max(1, processors - 1)) : 0;
  if (!(Number.isSafeInteger(wanted) && wanted >= 0 && wanted <= MOST)) {
    throw new TypeError(
      `Cannot load with pool.workers ${optionWords(wanted)}: a whole number from 0 to ${MOST} is needed`,
    );
  }
  if (wanted > 0 && !isOfModule) {
    throw new TypeError(
      `Cannot load with ${wanted} workers without a module for them: a function cannot be sent to a worker; \
give transform or collate as { module, export }`,
    );
  }
  if (wanted > 0 && !hasWorkers) {
    throw new TypeError(
      `Cannot load with ${wanted} workers: this runtime has no Worker; leave pool.workers out`,
    );
  }
  return wanted;
}
