import { FormatError } from "../errors/format_error.ts";
import { countLines, encodingFault, invalidUtf8, lineStart } from "../text/invalid_utf8.ts";
import { TextBlocks } from "../text/text_blocks.ts";
import { BARE, CellBlock, CellFault, ESCAPED } from "./cell_block.ts";
import type { CsvConfig } from "./csv_options.ts";

/** What errors say of a text, and how long a row may be. */
export interface CsvText {
  /** What errors name. */
  readonly uri: string;
  /** Whether it is decompressed: places in it are none in the object. */
  readonly packed: boolean;
  /** The longest row in bytes. */
  readonly longestRow: number;
}

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
const QUOTE = 34;
const LF = 10;

/** The rows of a text, block by block. Whatever is wrong with it is a `FormatError` that says in which line. */
export class CsvRows {
  readonly #blocks: TextBlocks;
  readonly #config: CsvConfig;
  readonly #text: CsvText;
  #line = 1;
  /** Where the rows begin that were found last, and at which line. */
  #found = { from: 0, line: 1 };
  #cells: CellBlock | undefined;
  #names: readonly string[] = [];

  /** The rows of a text that comes in pieces; with `block` of a prefix, which is read whole or not. */
  constructor(pieces: AsyncIterable<Uint8Array>, config: CsvConfig, text: CsvText, block?: number) {
    const { longestRow: longest } = text;
    this.#blocks = new TextBlocks(pieces, {
      longest,
      ...(block !== undefined && { block, failsAtOnce: true }),
    });
    this.#config = config;
    this.#text = text;
  }

  /** Names of the columns, for errors. */
  set names(names: readonly string[]) {
    this.#names = names;
  }

  /**
   * The cells of the first row; `undefined` where there is none. The other rows have as many. `next` gives it once more,
   * unless it is taken.
   */
  async first(taken: boolean): Promise<readonly string[] | undefined> {
    const blocks = this.#blocks;
    await blocks.fill();
    const [a, b, c] = blocks.bytes;
    if (a === 0xef && b === 0xbb && c === 0xbf && blocks.to >= 3) blocks.from = 3;
    for (;;) {
      const columns = countCells(blocks, this.#config);
      if (columns > 0) {
        const { from } = blocks;
        const row = await this.#next(new CellBlock(columns, this.#config, 1));
        this.#cells = new CellBlock(columns, this.#config);
        if (!taken) {
          blocks.from = from;
          this.#line = 1;
        }
        return row && textsOf(row);
      }
      if (blocks.ended) return undefined;
      await this.#fill();
    }
  }

  /** The next rows; `undefined` at the end. Valid until it is called again. */
  async next(): Promise<CellBlock | undefined> {
    return this.#cells && await this.#next(this.#cells);
  }

  async #next(cells: CellBlock): Promise<CellBlock | undefined> {
    const blocks = this.#blocks;
    for (;;) {
      const { bytes, from, to, ended } = blocks;
      this.#found = { from, line: this.#line };
      try {
        let taken = cells.find(bytes, from, to, ended);
        const invalid = invalidUtf8(bytes, from, taken);
        if (invalid >= 0) {
          // The rows before it come first.
          const byte = bytes[invalid] as number;
          taken = cells.find(bytes, from, invalid, false);
          bytes[invalid] = byte;
          if (cells.rows === 0) throw new CellFault(invalid, encodingFault(bytes, invalid));
        }
        this.#line += cells.lines;
        blocks.from = taken;
        if (cells.rows > 0) return cells;
        if (taken > from) continue;
      } catch (error) {
        throw error instanceof CellFault ? this.fault(error) : error;
      }
      if (ended) return undefined;
      await this.#fill();
    }
  }

  /** What is wrong with a cell of the rows that were found last. */
  fault({ at, column, message }: CellFault, advice?: string): FormatError {
    const { bytes, base } = this.#blocks;
    const { from, line: first } = this.#found;
    const line = first + countLines(bytes, from, at);
    const start = Math.max(from, lineStart(bytes, at));
    const name = column === undefined ? undefined : this.#names[column] ?? `column ${column + 1}`;
    const place = name === undefined ? `line ${line}` : `line ${line}, column ${JSON.stringify(name)}`;
    return this.#error(`${place}: ${message}`, line, base + start, advice);
  }

  /** Ends the reading below. */
  async close(): Promise<void> {
    await this.#blocks.close();
  }

  async #fill(): Promise<void> {
    if (await this.#blocks.fill()) return;
    const { longestRow } = this.#text;
    const { base, from } = this.#blocks;
    throw this.#error(
      `line ${this.#line}: the row has more than ${longestRow} bytes`,
      this.#line,
      base + from,
      "a quote may not be closed; else give a larger longestRow",
    );
  }

  #error(detail: string, line: number, offset: number, advice?: string): FormatError {
    const { uri, packed } = this.#text;
    return new FormatError({
      operation: `read ${this.#config.format}`,
      uri,
      detail,
      record: line - 1,
      ...(!packed && { offset }),
      ...(advice !== undefined && { advice }),
    });
  }
}

/** The texts of a block's first row. */
export function textsOf({ bytes, columns, starts, ends, kinds }: CellBlock, row = 0): string[] {
  return Array.from({ length: columns }, (_, place) => {
    const cell = row * columns + place;
    const text = DECODER.decode(bytes.subarray(starts[cell], ends[cell]));
    return kinds[cell] === ESCAPED ? text.replaceAll('""', '"') : text;
  });
}

/** Whether a cell of a block is in quotes. */
export function isQuoted({ kinds, columns }: CellBlock, row: number, place: number): boolean {
  return kinds[row * columns + place] !== BARE;
}

/** Cells of the first row, or 0 where it does not end here. */
function countCells({ bytes, from, to, ended }: TextBlocks, { delimiter, quotes }: CsvConfig): number {
  if (from === to) return 0;
  let cells = 1;
  let quoted = false;
  for (let at = from; at < to; at++) {
    const byte = bytes[at];
    if (byte === QUOTE && quotes) quoted = !quoted;
    else if (quoted) continue;
    else if (byte === LF) return cells;
    else if (byte === delimiter) cells++;
  }
  return ended ? cells : 0;
}
