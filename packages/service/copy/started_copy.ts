import {
  type Clock,
  type KeyCall,
  PreconditionFailedError,
  type PutResult,
  ServiceError,
  tellLeftover,
} from "@lade/core/backend";
import type { CopySink } from "./copy_in_ranges.ts";
import { CopyProgress } from "./copy_progress.ts";

/** How far a copy is that a service makes on its own. */
export interface CopyState {
  /** What the service calls the copy; by another name it is another one. */
  readonly id: string;
  /** Whether it is being made, or how it ended. */
  readonly status: "pending" | "made" | "failed";
  /** How many bytes are made, as the service says it. */
  readonly progress?: string | undefined;
  /** Why it failed. */
  readonly reason?: string | undefined;
}

/** A copy that a service makes on its own. */
export interface StartedCopy<State extends CopyState> {
  /** What is being done. */
  readonly call: KeyCall;
  /** Time. */
  readonly clock: Clock;
  /** Milliseconds without any progress after which the copy is given up. */
  readonly patienceMs: number;
  /** Begins the copy. */
  start(signal: AbortSignal): Promise<State>;
  /** Tells how far it is, or gets it further. */
  look(signal: AbortSignal): Promise<State>;
  /** What is stored once it is made. */
  receiptOf(state: State, size: number): PutResult;
  /** Ends it, and removes what is left of it. */
  abort(id: string, signal: AbortSignal): Promise<void>;
}

/** Looks are a second apart at first, and half a minute later on. */
const [FIRST_LOOK_MS, LAST_LOOK_MS] = [1_000, 30_000];

/** A copy as one part: it is begun, waited for while it gets on, and aborted where it is given up. */
export function startedCopy<State extends CopyState>(copy: StartedCopy<State>): CopySink {
  const { call, clock } = copy;
  let begun: State | undefined;

  async function wait(signal: AbortSignal): Promise<State> {
    if (!begun) throw new TypeError("Cannot wait for a copy: it has not begun");
    const { id } = begun;
    const progress = new CopyProgress(call, clock, copy.patienceMs);
    let [state, waitMs] = [begun, FIRST_LOOK_MS];
    for (; state.status === "pending"; waitMs = Math.min(2 * waitMs, LAST_LOOK_MS)) {
      await clock.sleep(waitMs, signal);
      state = await copy.look(signal);
      if (state.id !== id) {
        const detail = "another write replaced the object before its copy was made";
        throw new PreconditionFailedError({ ...call, detail });
      }
      progress.note(state.progress);
    }
    begun = state;
    if (state.status === "made") return state;
    const why = state.reason ?? "it gives no reason";
    throw new ServiceError({ ...call, detail: `the service could not copy: ${why}` });
  }

  return {
    ...call,
    concurrency: 1,
    async begin(signal) {
      begun = await copy.start(signal);
    },
    copyPart: (_, signal) => wait(signal),
    writePart: () => Promise.reject(new TypeError("the service has the bytes")),
    async commit(size, signal) {
      return copy.receiptOf(await wait(signal), size);
    },
    async drop(signal) {
      if (!begun) return;
      const { id } = begun;
      await copy.abort(id, signal).catch((error) => {
        throw tellLeftover(error, `copy ${id}`);
      });
    },
  };
}
