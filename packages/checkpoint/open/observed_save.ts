import type { CheckpointInfo } from "../series/checkpoint_info.ts";
import type { SaveHandle, WrittenReport } from "./checkpoints.ts";

/** What tells how far a save is. */
interface Stages {
  readonly onSnapshot: () => void;
  readonly onWritten: (report: WrittenReport) => void;
}

/** A save that runs once another one has ended, and of which it is known whether anybody looks at it. */
export class ObservedSave implements SaveHandle {
  readonly #snapshot = Promise.withResolvers<void>();
  readonly #written = Promise.withResolvers<WrittenReport>();
  readonly #committed: Promise<CheckpointInfo>;
  /** Resolves once it has ended, well or not. */
  readonly ended: Promise<void>;
  #hasEnded = false;
  #wasSeen = false;
  #failure: { readonly error: unknown } | undefined;

  /** Runs `work` once `before` has settled. */
  constructor(work: (stages: Stages) => Promise<CheckpointInfo>, before: Promise<unknown>) {
    const stages = {
      onSnapshot: () => this.#snapshot.resolve(),
      onWritten: (report: WrittenReport) => this.#written.resolve(report),
    };
    this.#committed = before.then(() => work(stages));
    // Who looks sees the failure; who does not is told by the next save.
    this.#snapshot.promise.catch(() => {});
    this.#written.promise.catch(() => {});
    this.ended = this.#committed.then(() => {}, (error) => {
      this.#failure = { error };
      this.#snapshot.reject(error);
      this.#written.reject(error);
    }).then(() => {
      this.#hasEnded = true;
    });
  }

  get snapshot(): Promise<void> {
    return this.#snapshot.promise;
  }

  get written(): Promise<WrittenReport> {
    this.#wasSeen = true;
    return this.#written.promise;
  }

  get committed(): Promise<CheckpointInfo> {
    this.#wasSeen = true;
    return this.#committed;
  }

  /** Whether it has ended. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Whether it has ended well. */
  get isFine(): boolean {
    return this.#hasEnded && this.#failure === undefined;
  }

  /** Whether anybody asked how it ends. */
  get wasSeen(): boolean {
    return this.#wasSeen;
  }

  /** What it failed with. */
  get failure(): unknown {
    return this.#failure?.error;
  }
}
