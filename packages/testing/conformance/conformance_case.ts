import type { Capabilities, ObjectStore } from "@lade/core/backend";

/** What a case works with. */
export interface ConformanceContext {
  /** The store under test; empty when the case begins. */
  readonly store: ObjectStore;
  /** The smallest part size that the store's writers take, in bytes. */
  readonly partSize: number;
  /** A storage class that the service knows, where it knows any. */
  readonly storageClass?: string | undefined;
}

/** One promise of the contract, as a question to a store. */
export interface ConformanceCase {
  /** The promise: unique, and stable enough to name a case to skip. */
  readonly name: string;
  /** Capabilities without which the promise is not made. */
  readonly needs?: readonly (keyof Capabilities)[];
  /** Asks, and throws where the answer is not the promised one. */
  run(context: ConformanceContext): Promise<void>;
  /**
   * What a store that lacks one of the needs is asked in its place; by default that every call and option of the
   * first one it lacks is refused.
   */
  unsupported?(context: ConformanceContext): Promise<void>;
}
