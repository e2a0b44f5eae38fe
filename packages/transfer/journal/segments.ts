/** One object of a log: all that was stored under the numbers from `first` to `last`. */
export interface Segment {
  /** The number of the first write in it, from 1. */
  readonly first: number;
  /** The number of the last one. */
  readonly last: number;
}

/** So many segments of about one size are merged. */
const MERGED_AT_ONCE = 32;

/** The name of a segment below the prefix of its log. */
export function segmentKey({ first, last }: Segment): string {
  const number = (value: number) => `${value}`.padStart(10, "0");
  return `${number(first)}-${number(last)}.log`;
}

/** Reads the name of a segment; `undefined` for any other. */
export function readSegmentName(name: string): Segment | undefined {
  const [, first = "", last = ""] = /^(\d{10})-(\d{10})\.log$/.exec(name) ?? [];
  const segment = { first: Number(first), last: Number(last) };
  return segment.first >= 1 && segment.last >= segment.first ? segment : undefined;
}

/** The segments to be read, in order, and those whose content a merged one has. */
export function visible(
  segments: readonly Segment[],
): { readonly kept: Segment[]; readonly covered: Segment[] } {
  const sorted = [...segments].sort((a, b) => a.first - b.first || b.last - a.last);
  const [kept, covered]: [Segment[], Segment[]] = [[], []];
  for (const segment of sorted) {
    const isCovered = segment.last <= (kept.at(-1)?.last ?? 0);
    (isCovered ? covered : kept).push(segment);
  }
  return { kept, covered };
}

/** The last segments, where enough of them are of one size to be merged. */
export function segmentsToMerge(segments: readonly Segment[]): readonly Segment[] | undefined {
  const level = (segment: Segment | undefined) => segment && levelOf(segment);
  const last = level(segments.at(-1));
  let count = 0;
  while (count < segments.length && level(segments.at(-1 - count)) === last) count++;
  return count >= MERGED_AT_ONCE ? segments.slice(-count) : undefined;
}

/** The segment that takes the place of others, which follow each other. */
export function mergedSegment(segments: readonly Segment[]): Segment {
  return { first: segments[0]?.first ?? 0, last: segments.at(-1)?.last ?? 0 };
}

function levelOf({ first, last }: Segment): number {
  return Math.floor(Math.log(last - first + 1) / Math.log(MERGED_AT_ONCE) + 1e-9);
}
