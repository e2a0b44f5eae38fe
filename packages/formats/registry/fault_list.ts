import { StoreError } from "@lade/core/errors";
import type { VerifyOptions } from "./format.ts";

const MOST = 100;

/**
 * Gathers what a verification finds wrong with an object: data that are not what the format asks for, and checksums that do
 * not fit. Anything else, such as an object that may not be read, ends the verification.
 */
export class FaultList {
  /** What is wrong, in the order in which it was found. */
  readonly faults: Error[] = [];
  readonly #most: number;
  readonly #onFault: VerifyOptions["onFault"];

  /** Holds `maxFaults` at most. */
  constructor({ maxFaults = MOST, onFault }: VerifyOptions = {}) {
    this.#most = maxFaults;
    this.#onFault = onFault;
  }

  /** Whether there are so many that the rest is not looked at. */
  get isFull(): boolean {
    return this.faults.length >= this.#most;
  }

  /** Adds a fault, and tells of it, unless the list is full. */
  add(fault: Error): void {
    if (this.isFull) return;
    this.faults.push(fault);
    this.#onFault?.(fault);
  }

  /** Does one step of the verification: what it finds wrong with the object is added, any other error is thrown. */
  async step(work: () => Promise<void> | void): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isFault(error)) throw error;
      this.add(error);
    }
  }
}

/** Whether an error says that an object is damaged, rather than that it could not be read. */
export function isFault(error: unknown): error is StoreError {
  return error instanceof StoreError &&
    (error.code === "invalid-format" || error.code === "checksum-mismatch");
}
