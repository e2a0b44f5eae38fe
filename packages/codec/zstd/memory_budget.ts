/** Memory that is held until it is given back. */
export interface MemoryLease {
  /** Gives it back, once. */
  release(): void;
}

/** Counts memory; a byte budget is one. */
export interface MemoryBudget {
  /** Takes bytes if there is room, without waiting. */
  tryAcquire(bytes: number): MemoryLease | undefined;
  /** Takes bytes, room or not. */
  overdraw(bytes: number): MemoryLease;
}
