import type { BudgetLease, ByteBudget } from "@lade/core/backend";
import type { SampleGroup, SampleGroups } from "../datasets/dataset.ts";

/** A group that is being opened, or is open. */
interface Entry<T> {
  readonly opened: Promise<SampleGroup<T>>;
  /** How many use it, or wait for it, now. */
  users: number;
  /** Its memory, once there is room for it. */
  lease: BudgetLease | undefined;
}

/** What groups are opened with. */
export interface GroupGround<T> {
  readonly groups: SampleGroups<T>;
  /** Where memory is counted. */
  readonly budget: ByteBudget;
  /** Bytes of groups that are held together. */
  readonly limit: number;
  /** Opens one; it has stopped when it rejects. */
  readonly open: (group: number) => Promise<SampleGroup<T>>;
  /** Ends all waiting. */
  readonly signal: AbortSignal;
}

/**
 * Groups of samples, each opened once for all who want it at the time, and held while there is room. The one that was not
 * used for the longest time goes first. More than the limit is held only by a single group, or by what turns out larger
 * than it said. One that has a single sample is not held.
 */
export class GroupCache<T> {
  readonly #ground: GroupGround<T>;
  /** By number, those used last at the end. */
  readonly #entries = new Map<number, Entry<T>>();
  #held = 0;
  /** Becomes resolved when there may be room. */
  #change = Promise.withResolvers<void>();

  /** Opens nothing yet. */
  constructor(ground: GroupGround<T>) {
    this.#ground = ground;
  }

  /** The groups. */
  get groups(): SampleGroups<T> {
    return this.#ground.groups;
  }

  /** Bytes that samples take, as far as their groups tell. */
  bytesOf(indices: readonly number[]): number {
    const { groups } = this.#ground;
    return indices.reduce((sum, index) => {
      const group = groups.of(index);
      return sum + Math.ceil(groups.sizeOf(group) / (groups.startOf(group + 1) - groups.startOf(group)));
    }, 0);
  }

  /** Lets `use` take samples of a group. */
  async with(group: number, use: (opened: SampleGroup<T>) => void): Promise<void> {
    const entry = this.#entries.get(group) ?? this.#begin(group);
    this.#entries.delete(group);
    this.#entries.set(group, entry);
    entry.users++;
    const { groups } = this.#ground;
    let isKept = groups.startOf(group + 1) - groups.startOf(group) > 1;
    try {
      use(await entry.opened);
    } catch (error) {
      // Another try opens it anew.
      isKept = false;
      throw error;
    } finally {
      entry.users--;
      if (!isKept && entry.users === 0 && this.#entries.get(group) === entry) this.#forget(group, entry);
      this.#changed();
    }
  }

  /** Gives back all memory. Nothing may be in use. */
  clear(): void {
    for (const [group, entry] of this.#entries) this.#forget(group, entry);
  }

  #begin(group: number): Entry<T> {
    const { promise, resolve, reject } = Promise.withResolvers<SampleGroup<T>>();
    const entry: Entry<T> = { opened: promise, users: 0, lease: undefined };
    this.#open(group, entry).then(resolve, reject);
    return entry;
  }

  async #open(group: number, entry: Entry<T>): Promise<SampleGroup<T>> {
    const { groups, budget, open } = this.#ground;
    await this.#makeRoom(groups.sizeOf(group), entry);
    const opened = await open(group);
    if (opened.bytes !== entry.lease?.bytes) {
      this.#release(entry);
      this.#take(budget.overdraw(opened.bytes), entry);
    }
    return opened;
  }

  /** Waits until others that are in use have gone; where there are none, there is room. */
  async #makeRoom(bytes: number, entry: Entry<T>): Promise<void> {
    const { budget, limit, signal } = this.#ground;
    while (true) {
      signal.throwIfAborted();
      while (this.#held + bytes > limit && this.#evict());
      const lease = this.#held + bytes <= limit ? budget.tryAcquire(bytes) : undefined;
      if (lease) return this.#take(lease, entry);
      if (this.#evict()) continue;
      if (this.#held === 0) return this.#take(budget.overdraw(bytes), entry);
      await this.#change.promise;
    }
  }

  /** Forgets the group that was not used for the longest time; says whether there is one that nobody uses. */
  #evict(): boolean {
    for (const [group, entry] of this.#entries) {
      if (entry.users > 0) continue;
      this.#forget(group, entry);
      return true;
    }
    return false;
  }

  #forget(group: number, entry: Entry<T>): void {
    this.#entries.delete(group);
    this.#release(entry);
  }

  #take(lease: BudgetLease, entry: Entry<T>): void {
    entry.lease = lease;
    this.#held += lease.bytes;
  }

  #release(entry: Entry<T>): void {
    this.#held -= entry.lease?.bytes ?? 0;
    entry.lease?.release();
    entry.lease = undefined;
  }

  #changed(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers();
  }
}
