/** Bytes of code that cost about what opening one more file costs. */
const BYTES_OF_A_FILE = 25_000;

/** A file of a bundle. */
export interface Chunk {
  /** Bytes of code. */
  readonly size: number;
  /** The files that it imports before it runs. */
  readonly imports: readonly string[];
}

interface Group {
  readonly files: string[];
  size: number;
  /** The numbers of the programs that load it. */
  readonly loaders: Set<number>;
}

/**
 * Which files of a bundle are better one: those that the same programs load, and those whose merging saves more files than
 * it makes programs load in vain. `loads` has the files that each program loads. No group imports another that imports it.
 */
export function chunkGroups(
  chunks: ReadonlyMap<string, Chunk>,
  loads: readonly ReadonlySet<string>[],
): string[][] {
  const groups = new Set(sameLoaders(chunks, loads).values());
  for (;;) {
    const best = bestMerge(chunks, [...groups]);
    if (!best) return [...groups].map(({ files }) => files).filter(({ length }) => length > 1);
    const [into, other] = best;
    groups.delete(other);
    into.files.push(...other.files);
    into.size += other.size;
    for (const loader of other.loaders) into.loaders.add(loader);
  }
}

function sameLoaders(
  chunks: ReadonlyMap<string, Chunk>,
  loads: readonly ReadonlySet<string>[],
): Map<string, Group> {
  const groups = new Map<string, Group>();
  for (const [file, { size }] of chunks) {
    const loaders = loads.flatMap((loaded, index) => loaded.has(file) ? [index] : []);
    if (loaders.length === 0) continue;
    const key = loaders.join();
    const group = groups.get(key) ?? { files: [], size: 0, loaders: new Set(loaders) };
    groups.set(key, group);
    group.files.push(file);
    group.size += size;
  }
  return groups;
}

function bestMerge(
  chunks: ReadonlyMap<string, Chunk>,
  groups: readonly Group[],
): readonly [Group, Group] | undefined {
  const candidates: { saved: number; pair: readonly [Group, Group] }[] = [];
  for (const [index, one] of groups.entries()) {
    for (const other of groups.slice(index + 1)) {
      const both = one.loaders.intersection(other.loaders).size;
      const inVain = (one.loaders.size - both) * other.size + (other.loaders.size - both) * one.size;
      const saved = both * BYTES_OF_A_FILE - inVain;
      if (saved > 0) candidates.push({ saved, pair: [one, other] });
    }
  }
  candidates.sort((one, other) => other.saved - one.saved);
  return candidates.find(({ pair }) => !makesCycle(chunks, groups, pair))?.pair;
}

/** Whether one of two groups imports the other by way of a file that is in neither. */
function makesCycle(
  chunks: ReadonlyMap<string, Chunk>,
  groups: readonly Group[],
  [one, other]: readonly [Group, Group],
): boolean {
  const groupOf = new Map(groups.flatMap((group) => group.files.map((file) => [file, group] as const)));
  const isMember = (file: string) => groupOf.get(file) === one || groupOf.get(file) === other;
  const seen = new Set<string>();
  const open = [...one.files, ...other.files];
  const follow = (file: string) => {
    for (const next of chunks.get(file)?.imports ?? []) {
      if (isMember(next) || seen.has(next)) continue;
      for (const member of groupOf.get(next)?.files ?? [next]) {
        seen.add(member);
        open.push(member);
      }
    }
  };
  // What is reached from within the pair directly does not count; what leaves it and comes back does.
  while (open.length > 0) follow(open.pop() as string);
  return [...seen].some((file) => (chunks.get(file)?.imports ?? []).some(isMember));
}
