const LF = 10;
/** Bytes of a group: of many logs that are read at a time, more would take much memory. */
const GROUP = 2 ** 16;

/** Lines that came together. */
export interface Lines {
  /** Without their ends; `undefined` where one is no UTF-8. */
  readonly lines: readonly (string | undefined)[];
  /** Whether it is the rest behind the last end of a line. */
  readonly isRest: boolean;
}

/** The lines of a stream of UTF-8, in groups as they come. A line of more than `mostBytes` bytes is a `RangeError`. */
export async function* readLines(
  source: AsyncIterable<Uint8Array>,
  mostBytes: number,
): AsyncGenerator<Lines, void, void> {
  let pieces: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of inParts(source)) {
    const end = chunk.lastIndexOf(LF);
    if (end >= 0) {
      yield { lines: decodeLines(joined([...pieces, chunk.subarray(0, end)])), isRest: false };
      [pieces, size] = [[], 0];
    }
    const rest = chunk.slice(end + 1);
    if (rest.length === 0) continue;
    pieces.push(rest);
    size += rest.length;
    if (size > mostBytes) throw new RangeError(`a line has more than ${mostBytes} bytes`);
  }
  if (size > 0) yield { lines: decodeLines(joined(pieces)), isRest: true };
}

async function* inParts(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += GROUP) yield chunk.subarray(at, at + GROUP);
  }
}

const DECODER = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeLines(bytes: Uint8Array): (string | undefined)[] {
  const text = decode(bytes);
  if (text !== undefined) return text.split("\n").map(withoutReturn);
  const lines: (string | undefined)[] = [];
  for (let at = 0; at <= bytes.length;) {
    const found = bytes.indexOf(LF, at);
    const end = found < 0 ? bytes.length : found;
    const line = decode(bytes.subarray(at, end));
    lines.push(line === undefined ? undefined : withoutReturn(line));
    at = end + 1;
  }
  return lines;
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return DECODER.decode(bytes);
  } catch {
    return undefined;
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only] = pieces;
  if (only && pieces.length === 1) return only;
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
