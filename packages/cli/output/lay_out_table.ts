import { cutNumber } from "./cut_number.ts";
import { cutText, textWidth } from "./text_width.ts";

/** A column of a table for people. */
export interface TableColumn {
  /** What stands above it. */
  readonly header: string;
  /** Whether its cells stand at its right edge, as numbers do. */
  readonly isNumeric?: boolean;
}

/** A table as lines. */
export interface TableLayout {
  /** The line above the rows. */
  readonly header: string;
  /** The rows. */
  readonly rows: readonly string[];
  /** Columns that had no room: so many of the last ones. */
  readonly hidden: number;
}

const GAP = "  ";

/** The least that a column is cut to; those for which this is too much are left out. */
const NARROWEST = 8;

/** Characters of a time down to its seconds, and a sign that the rest is cut. */
const SECONDS = 20;

const TIME = /^[-+]?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/** What would be another number, date or time of day if its end were cut: no longer than the longest decimal. */
const WHOLE = /^[-+]?\d[\d.:-]{0,40}$/;

/**
 * Lays out cells, which are printable, in columns that fit into `width` characters: the widest are cut first, and where
 * there are too many the last are left out. A cell that is cut never reads as another value: of numbers only digits
 * behind the point go, of times what is behind the seconds, and whole numbers, decimals and dates stay as they are.
 */
export function layOutTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): TableLayout {
  const natural = columns.map(({ header }, place) => widest(rows, place, textWidth, textWidth(header)));
  const least = columns.map((column, place) =>
    widest(rows, place, (cell) => narrowest(cell, column), Math.min(textWidth(column.header), NARROWEST))
  );
  let shown = natural.length;
  while (shown > 1 && totalOf(least.slice(0, shown)) > width) shown--;
  const widths = narrow(natural.slice(0, shown), least, width);
  const line = (cells: readonly string[], cut: (cell: string, room: number, place: number) => string) =>
    widths.map((room, place) => {
      const cell = cut(cells[place] ?? "", room, place);
      const space = " ".repeat(Math.max(0, room - textWidth(cell)));
      return columns[place]?.isNumeric ? space + cell : cell + space;
    }).join(GAP).trimEnd();
  return {
    header: line(columns.map(({ header }) => header), cutText),
    rows: rows.map((cells) =>
      line(
        cells,
        (cell, room, place) => columns[place]?.isNumeric ? cutNumber(cell, room) : cutText(cell, room),
      )
    ),
    hidden: natural.length - shown,
  };
}

/** The most that `of` says of a cell of a column, and at least `from`. */
function widest(
  rows: readonly (readonly string[])[],
  place: number,
  of: (cell: string) => number,
  from: number,
): number {
  return rows.reduce((most, row) => Math.max(most, of(row[place] ?? "")), from);
}

/** Characters that a cell needs at least. */
function narrowest(cell: string, { isNumeric }: TableColumn): number {
  const width = textWidth(cell);
  if (width <= NARROWEST) return width;
  if (isNumeric) return textWidth(cutNumber(cell, NARROWEST));
  if (TIME.test(cell)) return Math.min(width, SECONDS);
  return WHOLE.test(cell) ? width : NARROWEST;
}

/** Cuts the widest, all to the same width but none below its least, until they fit. */
function narrow(natural: readonly number[], least: readonly number[], width: number): number[] {
  let most = Math.max(0, ...natural);
  const at = (cap: number) => natural.map((each, place) => Math.min(each, Math.max(cap, least[place] ?? 0)));
  while (most > NARROWEST && totalOf(at(most)) > width) most--;
  return at(most);
}

function totalOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, widths.length - 1);
}
