import { FormatError } from "../errors/format_error.ts";
import { encodingFault, invalidUtf8 } from "../text/invalid_utf8.ts";
import { TextBlocks } from "../text/text_blocks.ts";
import type { TextSource } from "../text/text_source.ts";
import { JsonCursor, type JsonFault } from "./json_cursor.ts";

/** What lines are read of. */
export interface JsonText extends Pick<TextSource, "uri" | "compression"> {
  /** The longest line in bytes. */
  readonly longestRow: number;
}

/** A place between two lines. */
export interface LinePlace {
  /** In the block. */
  readonly from: number;
  /** Lines before it. */
  readonly line: number;
}

const LF = 10;

/** The lines of a text, a block at a time; those without anything are passed over. */
export class JsonLines {
  /** Stands at the line that was found last. */
  readonly cursor: JsonCursor = new JsonCursor();
  readonly #blocks: TextBlocks;
  readonly #text: JsonText;
  #line = 0;
  #start = 0;
  /** Where the whole lines of the block end. */
  #whole = 0;
  #begun = false;

  /** The lines of a text that comes in pieces; with `block` of a prefix, which is read whole or not. */
  constructor(pieces: AsyncIterable<Uint8Array>, text: JsonText, block?: number) {
    this.#blocks = new TextBlocks(pieces, {
      longest: text.longestRow,
      ...(block !== undefined && { block, failsAtOnce: true }),
    });
    this.#text = text;
  }

  /** Goes to the next whole lines of the text: `false` at its end. */
  async fill(): Promise<boolean> {
    const blocks = this.#blocks;
    for (;;) {
      if (!await blocks.fill()) {
        const { longestRow } = this.#text;
        throw this.#fault(
          `line ${this.#line + 1}: it has more than ${longestRow} bytes`,
          this.#line + 1,
          blocks.from,
        );
      }
      const { bytes, to, ended } = blocks;
      if (!this.#begun) {
        if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf && to >= 3) blocks.from = 3;
        this.#begun = true;
      }
      this.#whole = ended ? to : bytes.subarray(0, to).lastIndexOf(LF) + 1;
      if (this.#whole <= blocks.from) {
        if (ended) return false;
        continue;
      }
      const invalid = invalidUtf8(bytes, blocks.from, this.#whole);
      // The lines before it come first.
      if (invalid > blocks.from) this.#whole = invalid;
      else if (invalid >= 0) {
        let line = this.#line + 1;
        for (let at = blocks.from; at < invalid; at++) if (bytes[at] === LF) line++;
        throw this.#fault(`line ${line}: ${encodingFault(bytes, invalid)}`, line, invalid);
      }
      this.cursor.bytes = bytes;
      return true;
    }
  }

  /** Sets the cursor to the next line that has anything; `false` where there is none before the next filling. */
  next(): boolean {
    const blocks = this.#blocks;
    const { cursor } = this;
    while (blocks.from < this.#whole) {
      const { bytes, from } = blocks;
      const found = bytes.indexOf(LF, from);
      const end = found < 0 || found >= this.#whole ? this.#whole : found;
      this.#line++;
      this.#start = from;
      blocks.from = Math.min(end + 1, this.#whole);
      cursor.at = from;
      cursor.end = end;
      if (cursor.peek() !== -1) return true;
    }
    return false;
  }

  /** Where the next line is looked for, which may be set to where it was in the same filling. */
  get place(): LinePlace {
    return { from: this.#blocks.from, line: this.#line };
  }

  set place({ from, line }: LinePlace) {
    this.#blocks.from = from;
    this.#line = line;
  }

  /** Refuses what is left of a line behind its value. */
  end(): void {
    if (this.cursor.peek() !== -1) throw this.cursor.unexpected("the end of the line");
  }

  /** What is wrong with the line that was found last. */
  fault({ at, message }: JsonFault, column: string | undefined, advice?: string): FormatError {
    const name = column === undefined ? "" : `, column ${JSON.stringify(column)}`;
    const place = `line ${this.#line}${name}, byte ${at - this.#start + 1} of the line`;
    return this.#fault(`${place}: ${message}`, this.#line, this.#start, advice);
  }

  /** Ends the reading below. */
  async close(): Promise<void> {
    await this.#blocks.close();
  }

  #fault(detail: string, line: number, at: number, advice?: string): FormatError {
    const { uri, compression } = this.#text;
    return new FormatError({
      operation: "read jsonl",
      uri,
      detail,
      record: line - 1,
      ...(!compression && { offset: this.#blocks.base + at }),
      ...(advice !== undefined && { advice }),
    });
  }
}
