/** Something that waits until it is its turn. */
export interface Turn {
  /** What it works on, each at most once. */
  readonly claims: readonly Claim[];
  /** How many of its claims others have before it. */
  blockers: number;
}

/** What something works on. */
export interface Claim {
  /** Names it. */
  readonly id: string;
  /** Whether others, which are not exclusive either, may work on it at the same time. */
  readonly isShared: boolean;
}

/** Those that work on a thing together: one alone, or any number that share it. */
interface Group {
  readonly isShared: boolean;
  /** Those that wait for it. */
  readonly turns: Turn[];
  /** How many of them have not ended. */
  left: number;
}

/**
 * Lets what works on one thing do so in the order in which it came: those that share it together, all others alone. Nothing
 * waits in a ring, since each takes its place behind all that came before.
 */
export class Turns<T extends Turn> {
  readonly #queues = new Map<string, Group[]>();

  /** Takes a place behind all others; whether it is its turn at once. */
  enter(turn: T): boolean {
    for (const { id, isShared } of turn.claims) {
      let groups = this.#queues.get(id);
      if (!groups) this.#queues.set(id, groups = []);
      let last = groups.at(-1);
      if (!last || !last.isShared || !isShared) groups.push(last = { isShared, turns: [], left: 0 });
      last.left++;
      if (last === groups[0]) continue;
      last.turns.push(turn);
      turn.blockers++;
    }
    return turn.blockers === 0;
  }

  /** Ends one whose turn it was; those whose turn it is now. */
  leave(turn: T): T[] {
    const next: T[] = [];
    for (const { id } of turn.claims) {
      const groups = this.#queues.get(id);
      const first = groups?.[0];
      if (!groups || !first || --first.left > 0) continue;
      groups.shift();
      if (groups.length === 0) this.#queues.delete(id);
      for (const waiting of groups[0]?.turns ?? []) if (--waiting.blockers === 0) next.push(waiting as T);
    }
    return next;
  }
}
