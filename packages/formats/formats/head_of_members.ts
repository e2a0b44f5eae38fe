import { membersOf } from "../tar/entries_of.ts";
import type { Head, HeadOptions, HeadRow } from "./head.ts";
import type { OpenedFormat } from "./open_format.ts";

/** The first members of an archive, by their headers. */
export function headOfMembers({ target }: OpenedFormat, { count, signal }: HeadOptions): Head {
  const rows = async function* (): AsyncGenerator<HeadRow> {
    let left = count;
    for await (const { name, type, size, mtime } of membersOf(target, { ...(signal && { signal }) })) {
      yield [["name", name], ["type", type], ["size", size], ["mtime", timeOf(mtime)]];
      if (--left === 0) return;
    }
  };
  return { columns: ["name", "type", "size", "mtime"], rows: rows() };
}

/** A time of day, or the seconds where no calendar has them. */
function timeOf(seconds: number): string | number {
  const date = new Date(Math.floor(seconds) * 1000);
  return Number.isNaN(date.getTime()) ? seconds : date.toISOString().replace(".000Z", "Z");
}
