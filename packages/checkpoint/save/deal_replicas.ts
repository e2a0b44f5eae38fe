/** A part that several ranks have. */
export interface Replicated {
  readonly name: string;
  readonly offsets: readonly number[];
  readonly bytes: number;
  /** All ranks that have it, ascending. */
  readonly replicas: readonly number[];
}

/**
 * Says which of the parts that several ranks have are written by `rank`: each by one of them, so that all write about as much.
 * Every rank comes to the same answer by itself, since all of a group are given the same parts of that group.
 */
export function dealReplicas<T extends Replicated>(parts: readonly T[], rank: number): T[] {
  const own: T[] = [];
  const groups = Map.groupBy(parts, ({ replicas }) => replicas.join());
  for (const group of groups.values()) {
    const ranks = group[0]?.replicas ?? [];
    const loads = ranks.map(() => 0);
    const sorted = group.toSorted((a, b) =>
      b.bytes - a.bytes || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0) || compareOffsets(a, b)
    );
    for (const part of sorted) {
      const place = loads.indexOf(Math.min(...loads));
      loads[place] = (loads[place] ?? 0) + Math.max(part.bytes, 1);
      if (ranks[place] === rank) own.push(part);
    }
  }
  return own;
}

function compareOffsets(a: Replicated, b: Replicated): number {
  for (let axis = 0; axis < a.offsets.length; axis++) {
    const difference = (a.offsets[axis] ?? 0) - (b.offsets[axis] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
