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

/**
 * Lays out cells, which are printable, in columns that fit into `width` characters: the widest are cut first, and where
 * there are too many the last are left out.
 */
export function layOutTable(
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  width: number,
): TableLayout {
  const natural = columns.map(({ header }, place) =>
    rows.reduce((widest, row) => Math.max(widest, textWidth(row[place] ?? "")), textWidth(header))
  );
  let shown = natural.length;
  while (shown > 1 && totalOf(natural.slice(0, shown).map((each) => Math.min(each, NARROWEST))) > width) {
    shown--;
  }
  const widths = narrow(natural.slice(0, shown), width);
  const line = (cells: readonly string[]) =>
    widths.map((room, place) => {
      const cell = cutText(cells[place] ?? "", room);
      const space = " ".repeat(Math.max(0, room - textWidth(cell)));
      return columns[place]?.isNumeric ? space + cell : cell + space;
    }).join(GAP).trimEnd();
  return {
    header: line(columns.map(({ header }) => header)),
    rows: rows.map(line),
    hidden: natural.length - shown,
  };
}

/** Cuts the widest, all to the same width, until they fit. */
function narrow(natural: readonly number[], width: number): number[] {
  let most = Math.max(0, ...natural);
  const at = (cap: number) => natural.map((each) => Math.min(each, cap));
  while (most > NARROWEST && totalOf(at(most)) > width) most--;
  return at(most);
}

function totalOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, widths.length - 1);
}
