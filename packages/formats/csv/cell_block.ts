/** A cell that is not quoted. */
export const BARE = 0;
/** A cell in quotes, whose text is between them. */
export const QUOTED = 1;
/** A cell in quotes with doubled quotes in it. */
export const ESCAPED = 2;

const QUOTE = 34;
const LF = 10;
const CR = 13;

/** How cells are told apart. */
export interface CellRules {
  /** The byte between two cells. */
  readonly delimiter: number;
  /** Whether quotes enclose cells. */
  readonly quotes: boolean;
}

/** What is wrong with the text at a place. */
export class CellFault extends Error {
  /** Where, in the block. */
  readonly at: number;
  /** The column, where it is a cell's. */
  readonly column: number | undefined;

  /** A fault at byte `at` of a block. */
  constructor(at: number, detail: string, column?: number) {
    super(detail);
    this.at = at;
    this.column = column;
  }
}

/** Where the cells of some rows lie in a block of text. */
export class CellBlock {
  /** Cells of a row. */
  readonly columns: number;
  /** The text. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Where each cell begins, row by row. */
  readonly starts: Int32Array;
  /** Where each ends. */
  readonly ends: Int32Array;
  /** How each is written: {@linkcode BARE}, {@linkcode QUOTED} or {@linkcode ESCAPED}. */
  readonly kinds: Uint8Array;
  /** Rows found. */
  rows = 0;
  /** Lines that the text which was taken spans. */
  lines = 0;
  readonly #rules: CellRules;

  /** Room for some `cells` cells, and one row at least. */
  constructor(columns: number, rules: CellRules, cells = 2 ** 18) {
    this.columns = columns;
    this.#rules = rules;
    const room = Math.max(1, Math.floor(cells / columns)) * columns;
    this.starts = new Int32Array(room);
    this.ends = new Int32Array(room);
    this.kinds = new Uint8Array(room);
  }

  /**
   * Finds the whole rows of `bytes[from, to)`, as many as there is room for, and gives where the next one begins. `bytes`
   * has room for one byte more, which is overwritten; the text ends at `to` where `ended` says so. What RFC 4180 has not
   * (rows of another number of cells, quotes within a cell or behind one, a carriage return alone) is a {@linkcode CellFault}.
   * Lines without anything are passed over, where a row has several cells. Rows before a fault are found first, and it is
   * thrown by the call that begins with it.
   */
  find(bytes: Uint8Array, from: number, to: number, ended: boolean): number {
    const { columns, starts, ends, kinds } = this;
    const { delimiter, quotes } = this.#rules;
    const quote = quotes ? QUOTE : -1;
    this.bytes = bytes;
    bytes[to] = LF;
    let lines = 0;
    let cells = 0;
    let at = from;
    let taken = from;
    while (at < to && cells < starts.length) {
      const row = cells;
      let rowLines = 1;
      for (;;) {
        let byte = bytes[at];
        let start = at;
        let end: number;
        let kind = BARE;
        if (byte === quote) {
          start = ++at;
          kind = QUOTED;
          for (;;) {
            byte = bytes[at];
            if (byte === LF) {
              if (at === to) return this.#open(row, taken, lines, ended, start);
              rowLines++;
            } else if (byte === QUOTE) {
              if (bytes[at + 1] !== QUOTE) break;
              kind = ESCAPED;
              at++;
            }
            at++;
          }
          end = at;
          byte = bytes[++at];
          if (byte !== delimiter && byte !== LF && byte !== CR) {
            const fault = new CellFault(
              at,
              "a quoted cell is followed by more than a delimiter",
              cells - row,
            );
            return this.#wrong(row, taken, lines, fault);
          }
        } else {
          while (byte !== delimiter && byte !== LF && byte !== CR && byte !== quote) byte = bytes[++at];
          end = at;
          if (byte === quote) {
            const fault = new CellFault(at, "a quote is within a cell that is not quoted", cells - row);
            return this.#wrong(row, taken, lines, fault);
          }
        }
        if (cells - row === columns) return this.#wrong(row, taken, lines, this.#ragged(row, at, to));
        starts[cells] = start;
        ends[cells] = end;
        kinds[cells++] = kind;
        if (byte === delimiter && at < to) {
          at++;
          continue;
        }
        if (at === to && !ended) return this.#found(row, taken, lines);
        if (byte === CR) {
          if (at + 1 === to && !ended) return this.#found(row, taken, lines);
          if (bytes[at + 1] !== LF || at + 1 === to) {
            const fault = new CellFault(at, "a carriage return stands alone", cells - 1 - row);
            return this.#wrong(row, taken, lines, fault);
          }
          at++;
        }
        at = Math.min(at + 1, to);
        break;
      }
      if (cells - row < columns) {
        if (cells - row > 1 || ends[row] !== starts[row] || kinds[row] !== BARE) {
          const few = cells - row;
          const detail = `${few} cell${few === 1 ? " is" : "s are"} there, and not ${columns}`;
          return this.#wrong(row, taken, lines, new CellFault(starts[row] ?? 0, detail));
        }
        cells = row;
      }
      taken = at;
      lines += rowLines;
    }
    return this.#found(cells, taken, lines);
  }

  #found(cells: number, taken: number, lines: number): number {
    this.rows = cells / this.columns;
    this.lines = lines;
    return taken;
  }

  /** The rows before a fault, or else the fault. */
  #wrong(row: number, taken: number, lines: number, fault: CellFault): number {
    if (row === 0) throw fault;
    return this.#found(row, taken, lines);
  }

  #open(row: number, taken: number, lines: number, ended: boolean, start: number): number {
    if (!ended) return this.#found(row, taken, lines);
    return this.#wrong(row, taken, lines, new CellFault(start - 1, "a quote is opened and never closed"));
  }

  #ragged(row: number, at: number, to: number): CellFault {
    const { bytes, columns, starts } = this;
    const { delimiter } = this.#rules;
    let cells = columns + 1;
    for (let place = at; place < to && bytes[place] !== LF; place++) if (bytes[place] === delimiter) cells++;
    return new CellFault(starts[row] ?? 0, `${cells} cells are there, and not ${columns}`);
  }
}
