const LF = 10;

/** Lines that came together. */
export interface Lines {
  /** Without their ends. */
  readonly lines: readonly string[];
  /** Whether it is the rest behind the last end of a line. */
  readonly isRest: boolean;
}

/** The lines of a stream of UTF-8, in groups as they come. A line of more than `mostBytes` characters is a `RangeError`. */
export async function* readLines(
  source: AsyncIterable<Uint8Array>,
  mostBytes: number,
): AsyncGenerator<Lines, void, void> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  for await (const chunk of source) {
    const text = rest + decoder.decode(chunk, { stream: true });
    const end = chunk.lastIndexOf(LF) < 0 ? -1 : text.lastIndexOf("\n");
    if (end < 0) {
      if (text.length > mostBytes) throw new RangeError(`a line has more than ${mostBytes} characters`);
      rest = text;
      continue;
    }
    rest = text.slice(end + 1);
    yield { lines: text.slice(0, end).split("\n").map(withoutReturn), isRest: false };
  }
  rest += decoder.decode();
  if (rest !== "") yield { lines: [withoutReturn(rest)], isRest: true };
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}
