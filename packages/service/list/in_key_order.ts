import { type CommonPrefix, compareKeys } from "@lade/core/backend";
import { nameOf } from "./entries_of.ts";
import type { Page, PageQuery, PageReader } from "./page_reader.ts";

/**
 * Where an order of names differs from that of UTF-8 bytes: among names of one beginning, those that go on with an `early`
 * character come before those that go on with a `late` one, which UTF-8 has directly before them.
 */
export interface Displacement {
  /** Matches one UTF-16 unit. */
  readonly early: RegExp;
  /** Matches one UTF-16 unit. */
  readonly late: RegExp;
  /** The first of the late characters. */
  readonly lateFrom: string;
}

/** The order of UTF-16 units, in which characters beyond U+FFFF come before those from U+E000 on. */
export const UTF16_ORDER: Displacement = {
  early: /[\ud800-\udfff]/,
  late: /[\ue000-\uffff]/,
  lateFrom: "\ue000",
};
/** The order of trees, in which what is in a directory comes directly behind its name. */
export const TREE_ORDER: Displacement = { early: /\//, late: /[ -.]/, lateFrom: " " };

/** Entries and folded prefixes of a page, as the service has them. */
export interface MixedPage<T> {
  /** In the order of the service. */
  readonly items: readonly (T | CommonPrefix)[];
  /** The first name that the service has there, where it may be that of something that is left out. */
  readonly first?: string;
  /** Where the next page begins; absent on the last. */
  readonly next?: string;
}

/** Where a page begins: behind a name, at one in the order of the service, or where the page before it ended. */
export type MixedQuery = Omit<PageQuery, "prefix" | "delimiter"> & { readonly from?: string };

/** Reads the pages of a service that can begin at any name. */
export interface SeekingReader<T> {
  /** Reads one page. */
  read(query: MixedQuery): Promise<MixedPage<T>>;
  /** Where the order may differ, as far as is known after the last page. */
  displacements(): readonly Displacement[];
}

/** Names of one beginning that go on early, or late. */
interface Group {
  readonly beginning: string;
  readonly which: "early" | "late";
  readonly displacement: number;
}

/** A run of names in the order of the service. */
interface Run {
  readonly startAfter?: string;
  readonly from?: string;
  readonly token?: string;
  /** Ends with this group. */
  readonly within?: Group | undefined;
  /** Begins where the run of late names before it ends. */
  readonly isBehind?: boolean;
  /** The service has nothing there. */
  readonly isOver?: boolean;
}

interface State {
  /** What is to be listed, the next one first. */
  readonly runs: readonly Run[];
  /** Beginnings whose late names are known to be none, or listed. */
  readonly settled: readonly string[];
  /** What all names are to follow. */
  readonly after: string;
}

const ALL = [UTF16_ORDER, TREE_ORDER];

/**
 * Reads in the order of UTF-8 bytes what a service may have in another one, with no more than a page in memory. A page that
 * ends among names which late ones belong before costs a request that looks for these; where there are some, they are listed
 * first, and the others read again.
 */
export function inKeyOrder<T extends { readonly key: string }>(reader: SeekingReader<T>): PageReader<T> {
  return {
    async readPage({ token, startAfter, signal }: PageQuery): Promise<Page<T>> {
      const state: State = token === undefined ? startOf(startAfter) : JSON.parse(token);
      const { items, ...next } = await advance(reader, state, signal);
      const sorted = items.toSorted((a, b) => compareKeys(nameOf(a), nameOf(b)));
      return pageOf({ items: sorted, ...(next.runs.length > 0 && { next: JSON.stringify(next) }) });
    },
  };
}

/** Reads what a service has, in its order. */
export function inAnyOrder<T extends { readonly key: string }>(
  reader: Pick<SeekingReader<T>, "read">,
): PageReader<T> {
  return { readPage: async ({ prefix: _, delimiter: __, ...query }) => pageOf(await reader.read(query)) };
}

/** Entries and prefixes apart. */
export function pageOf<T extends { readonly key: string }>(
  { items, first: _, ...end }: MixedPage<T>,
): Page<T> {
  return {
    entries: items.filter((item): item is T => "key" in item),
    prefixes: items.filter((item): item is CommonPrefix => !("key" in item)),
    ...end,
  };
}

function startOf(after = ""): State {
  return { runs: [after === "" ? {} : { startAfter: after }], settled: [], after };
}

async function advance<T extends { readonly key: string }>(
  reader: SeekingReader<T>,
  { runs: [{ within, isOver, isBehind: _, ...place } = {}, ...others], settled, after }: State,
  signal: AbortSignal,
): Promise<State & Pick<MixedPage<T>, "items">> {
  const { items: all, next }: MixedPage<T> = isOver ? { items: [] } : await reader.read({ ...place, signal });
  const end = within ? all.findIndex((item) => !isIn(nameOf(item), within)) : -1;
  const items = end < 0 ? all : all.slice(0, end);
  if (end >= 0 || next === undefined) {
    // Behind late names come the early ones of the group, and then the rest.
    const [rest, ...more] = within?.which === "late" ? others.slice(1) : [];
    if (!rest) return { items, runs: others, settled, after };
    // What follows the late names is what follows the early ones, too.
    const behind = all[end];
    const { isBehind: _, ...found } = { ...rest, ...(behind ? { from: nameOf(behind) } : { isOver: true }) };
    return { items, runs: [...others.slice(0, 1), found, ...more], settled, after };
  }
  const last = items.at(-1);
  const name = last ? nameOf(last) : "";
  const known = new Set(settled.filter((each) => name.startsWith(each.slice(1))));
  for (const early of openGroups(name, reader.displacements())) {
    const { beginning, displacement } = early;
    const id = `${displacement}${beginning}`;
    if (known.has(id)) continue;
    known.add(id);
    const late: Group = { ...early, which: "late" };
    const begin = items.find((item) => isIn(nameOf(item), early));
    const at = begin ? items.indexOf(begin) : -1;
    // Late names before early ones are in order.
    if (!begin || isIn(after, early) || items.slice(0, at).some((item) => isIn(nameOf(item), late))) continue;
    const seek = beginning + ALL[displacement]?.lateFrom;
    if (isIn(name, early)) {
      const { items: [item], first: found = item && nameOf(item) } = await reader.read({
        from: seek,
        limit: 1,
        signal,
      });
      if (found === undefined || !isIn(found, late)) continue;
    }
    return {
      items: items.slice(0, at),
      runs: [
        { from: seek, within: late },
        { from: nameOf(begin), within: early },
        { within, isBehind: true },
        ...others,
      ],
      settled: [...known],
      after,
    };
  }
  return { items, runs: [{ within, token: next }, ...others], settled: [...known], after };
}

/** The groups, by their early half, that a name may be in the middle of. */
function* openGroups(name: string, displacements: readonly Displacement[]): Generator<Group> {
  for (let at = 0; at < name.length; at++) {
    const unit = name.charAt(at);
    const found = displacements.find(({ early, late }) => early.test(unit) || late.test(unit));
    // The second half of a pair begins nothing.
    if (!found || /[\udc00-\udfff]/.test(unit)) continue;
    yield { beginning: name.slice(0, at), which: "early", displacement: ALL.indexOf(found) };
  }
}

function isIn(name: string, { beginning, which, displacement }: Group): boolean {
  return name.startsWith(beginning) &&
    ALL[displacement]?.[which].test(name.charAt(beginning.length)) === true;
}
