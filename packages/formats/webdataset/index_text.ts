import { StaleIndexError } from "../errors/format_error.ts";
import { BLOCK } from "../tar/tar_member.ts";
import { SampleGrouper } from "./sample_grouper.ts";
import { type SampleIndex, SampleIndexBuilder } from "./sample_index.ts";

/** What an index is of. */
export interface IndexedShard {
  /** The shard. */
  readonly uri: string;
  /** Its bytes. */
  readonly size: number;
  /** The object with the index, for messages. */
  readonly indexUri: string;
}

const DALI = "v1.2";
/** Lade's own, in which names are percent-encoded. */
const OWN = "lade-tar-1";
/** DALI's lines are cut at these, and GNU tar, which its tool asks, writes a backslash before others. */
// deno-lint-ignore no-control-regex
const UNTOLD = /[\s\\\x00-\x1f]/;

/**
 * Writes an index as DALI's `wds2idx.py` does: a line `v1.2 SAMPLES`, and for each sample a line of `EXTENSION OFFSET SIZE
 * NAME` for each of its files. Where a name or an extension has whitespace, a backslash or nothing, or where there is no
 * sample, that form has no words for it: the first line is then `lade-tar-1 SAMPLES`, and names are percent-encoded.
 */
export function formatSampleIndex(index: SampleIndex): Uint8Array<ArrayBuffer> {
  if (!index.hasNames) {
    throw new TypeError("Cannot write an index of samples without the names of their files");
  }
  const text = index.length > 0
    ? linesOf(index, DALI, (name) => UNTOLD.test(name) ? undefined : name)
    : undefined;
  return new TextEncoder().encode(text ?? linesOf(index, OWN, encodeToken));
}

/** The text of an index; nothing where a name or an extension has no words in it. */
function linesOf(
  index: SampleIndex,
  version: string,
  encode: (text: string) => string | undefined,
): string | undefined {
  let text = `${version} ${index.length}\n`;
  for (let sample = 0; sample < index.length; sample++) {
    const [first, end] = index.filesOf(sample);
    for (let file = first; file < end; file++) {
      const { name, dot, offset, size } = index.fileAt(file);
      const told = encode(name);
      const extension = told === name ? name.slice(dot + 1) : encode(name.slice(dot + 1));
      if (told === undefined || extension === undefined || (extension === "" && version === DALI)) {
        return undefined;
      }
      text += `${file === first ? "" : " "}${extension || "%"} ${offset} ${size} ${told}`;
    }
    text += "\n";
  }
  return text;
}

/**
 * Reads an index: DALI's v1.2, its versions before, which have no names, and Lade's own. Its files are grouped anew by
 * their names. What is no index, or lies outside of the shard, is a `StaleIndexError`.
 */
export function parseSampleIndex(text: Uint8Array, shard: IndexedShard): SampleIndex {
  let content: string;
  try {
    content = new TextDecoder("utf-8", { fatal: true }).decode(text);
  } catch {
    throw staleIndex(shard, "it is no UTF-8");
  }
  const lines = content.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const [version = "", count = "", ...more] = wordsOf(lines[0] ?? "");
  const isOwn = version === OWN;
  const hasNames = isOwn || version === DALI;
  if ((!hasNames && !/^v1\.[01]$/.test(version)) || more.length > 0 || Number(count) !== lines.length - 1) {
    throw staleIndex(
      shard,
      `its first line is ${JSON.stringify((lines[0] ?? "").slice(0, 100))}, and ${lines.length - 1} follow`,
    );
  }
  const rows = new IndexRows(shard, hasNames, isOwn ? decodeToken : unescapeName);
  for (let line = 1; line < lines.length; line++) rows.add(lines[line] ?? "", line + 1);
  return rows.finish();
}

/** Whether a text begins as an index of any version does, however it goes on. */
export function isIndexText(head: Uint8Array): boolean {
  return /^(?:v1\.[0-2]|lade-tar-1)\s/.test(new TextDecoder("latin1").decode(head));
}

class IndexRows {
  readonly #shard: IndexedShard;
  readonly #hasNames: boolean;
  readonly #decode: (token: string) => string | undefined;
  readonly #builder: SampleIndexBuilder;
  readonly #grouper: SampleGrouper;
  #end = 0;

  constructor(shard: IndexedShard, hasNames: boolean, decode: (token: string) => string | undefined) {
    this.#shard = shard;
    this.#hasNames = hasNames;
    this.#decode = decode;
    this.#builder = new SampleIndexBuilder({ hasNames });
    this.#grouper = new SampleGrouper(shard.indexUri);
  }

  add(line: string, number: number): void {
    const tokens = wordsOf(line);
    const width = this.#hasNames ? 4 : 3;
    if (tokens.length === 0 || tokens.length % width !== 0) {
      throw staleIndex(this.#shard, `line ${number} has ${tokens.length} words`);
    }
    for (let at = 0; at < tokens.length; at += width) {
      const [extension = "", offsetText = "", sizeText = "", token] = tokens.slice(at, at + width);
      const [offset, size] = [wholeOf(offsetText), wholeOf(sizeText)];
      const fits = offset % BLOCK === 0 && offset >= this.#end + BLOCK && offset + size <= this.#shard.size;
      const name = token === undefined ? extension : this.#decode(token);
      if (!fits || name === undefined) {
        throw staleIndex(
          this.#shard,
          `line ${number} has ${JSON.stringify(tokens.slice(at, at + width).join(" "))}`,
        );
      }
      this.#end = offset + size;
      if (!this.#hasNames) this.#builder.add(extension, offset, size, at === 0);
      else {
        const grouped = this.#grouper.add({ name, offset, size });
        if (grouped) this.#builder.add(name, offset, size, grouped.isFirst);
      }
    }
  }

  finish(): SampleIndex {
    return this.#builder.finish();
  }
}

/** The words of a line, as C++ reads them. */
function wordsOf(line: string): string[] {
  return line.split(/[ \t\r\v\f]+/).filter((word) => word !== "");
}

/** A whole number; what is none fails every comparison. */
function wholeOf(text: string): number {
  return /^\d{1,16}$/.test(text) ? Number(text) : NaN;
}

function encodeToken(text: string): string {
  return text.replace(/[%\s\\]/gu, encodeURIComponent);
}

function decodeToken(token: string): string | undefined {
  if (token === "%") return "";
  try {
    return decodeURIComponent(token);
  } catch {
    return undefined;
  }
}

/** What GNU tar wrote with backslashes, as `wds2idx.py` takes it over: bytes of UTF-8 as three octal digits. */
function unescapeName(token: string): string | undefined {
  if (!token.includes("\\")) return token;
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (const [part, octal, single] of token.matchAll(/\\([0-7]{3})|\\(.)|[^\\]+/gsu)) {
    if (octal !== undefined) bytes.push(parseInt(octal, 8));
    else bytes.push(...encoder.encode(single ?? part));
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
  } catch {
    return undefined;
  }
}

/** An index that does not fit its shard, with what renews it. */
export function staleIndex(
  { uri, indexUri }: Omit<IndexedShard, "size">,
  detail: string,
  cause?: unknown,
): StaleIndexError {
  return new StaleIndexError({
    operation: "use tar index",
    uri: indexUri,
    detail,
    advice: `lade index ${uri} renews it`,
    ...(cause !== undefined && { cause }),
  });
}
