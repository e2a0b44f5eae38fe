/** How a list of names is read. */
export interface NameListOptions {
  /** Each name ends in a NUL, and may hold line feeds; else each is a line. */
  readonly nul?: boolean;
  /** What the list is called in messages: `names.txt`, `standard input`. */
  readonly source: string;
  /** The option that reads names which end in a NUL, for the message about a list that holds one: `--from0`. */
  readonly nulOption?: string;
}

/** Bytes of a name at most. */
const MOST_BYTES = 65_536;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * Reads names from a list, as they stand: no comments, no white space taken off, no escapes. Empty lines are none. A line
 * that ends in a carriage return, one that is not UTF-8 or has more than 65,536 bytes, and without `nul` a NUL or a byte
 * order mark before the first line are a `TypeError` that names the line.
 */
export async function* readNames(
  chunks: AsyncIterable<Uint8Array>,
  options: NameListOptions,
): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let count = 0;
  for await (const bytes of piecesOf(chunks, options.nul ? 0 : 0x0a)) {
    count++;
    if (bytes.length > 0) yield readName(bytes, decoder, count, options);
  }
}

function readName(
  bytes: Uint8Array,
  decoder: TextDecoder,
  number: number,
  { nul = false, source, nulOption }: NameListOptions,
): string {
  const refuse = (detail: string, cause?: unknown): never => {
    throw new TypeError(`Cannot read ${nul ? "name" : "line"} ${number} of ${source}: ${detail}`, { cause });
  };
  if (bytes.length > MOST_BYTES) refuse(`it has more than ${MOST_BYTES} bytes, which no name has`);
  if (!nul && bytes.at(-1) === 0x0d) refuse("it ends in a carriage return; end lines in a line feed alone");
  if (!nul && number === 1 && BYTE_ORDER_MARK.every((byte, at) => bytes[at] === byte)) {
    refuse("it begins with a byte order mark; write the list without one");
  }
  if (!nul && bytes.includes(0)) {
    refuse(`it holds a NUL${nulOption === undefined ? "" : `; ${nulOption} reads names that end in one`}`);
  }
  try {
    return decoder.decode(bytes);
  } catch (error) {
    return refuse("it is not UTF-8", error);
  }
}

/** What lies between bytes of this value. One piece that is too long is the last, and need not be whole. */
async function* piecesOf(chunks: AsyncIterable<Uint8Array>, end: number): AsyncGenerator<Uint8Array> {
  let begun: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let at = chunk.indexOf(end); at >= 0; at = chunk.indexOf(end, start)) {
      yield joined(begun, chunk.subarray(start, at));
      begun = [];
      length = 0;
      start = at + 1;
    }
    // What was read is valid until the next chunk alone.
    if (start < chunk.length) begun.push(chunk.slice(start));
    length += chunk.length - start;
    if (length > MOST_BYTES) break;
  }
  yield joined(begun, new Uint8Array());
}

function joined(pieces: readonly Uint8Array[], last: Uint8Array): Uint8Array {
  if (pieces.length === 0) return last;
  const all = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, last.length));
  let at = 0;
  for (const piece of [...pieces, last]) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
