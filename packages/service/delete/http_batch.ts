/** A request within a batch. */
export interface BatchedRequest {
  /** The method. */
  readonly method: string;
  /** Path and query, encoded. */
  readonly target: string;
  /** Headers, with those that authorize it. */
  readonly headers: Iterable<readonly [name: string, value: string]>;
}

/** The answer to a request within a batch. */
export interface BatchedAnswer {
  /** Status. */
  readonly status: number;
  /** Headers. */
  readonly headers: Headers;
  /** Body. */
  readonly body: string;
}

/** What a header cannot carry within a batch: the next line would be one of its own. */
export const UNBATCHED = /[^\t\x20-\x7e\x80-\uffff]/;

/**
 * Requests without bodies as one body of `multipart/mixed` (RFC 2046, section 5.1); each is named by its place. A header
 * that would end its line is a `TypeError`.
 */
export function writeHttpBatch(
  requests: readonly BatchedRequest[],
  boundary: string,
): Uint8Array<ArrayBuffer> {
  const parts = requests.map(({ method, target, headers }, at) =>
    [
      `--${boundary}`,
      "Content-Type: application/http",
      "Content-Transfer-Encoding: binary",
      `Content-ID: ${at}`,
      "",
      `${method} ${target} HTTP/1.1`,
      ...[...headers].map(lineOf),
      "Content-Length: 0",
      // A head ends in an empty line, before the end of line that belongs to the next boundary.
      "",
      "",
      "",
    ].join("\r\n")
  );
  return new TextEncoder().encode(`${parts.join("")}--${boundary}--\r\n`);
}

function lineOf([name, value]: readonly [name: string, value: string]): string {
  if (!UNBATCHED.test(value)) return `${name}: ${value}`;
  throw new TypeError(`Cannot send the header "${name}" in a batch: its value holds a control character`);
}

/**
 * The answers to `count` requests of a batch, in the order of the requests. Each request has to be answered once, by its
 * name; anything else is a `SyntaxError`, so that no request is taken for done whose answer is missing. A failure that is the
 * one answer and has no name is that of each.
 */
export function readHttpBatch(
  contentType: string | undefined,
  body: string,
  count: number,
): readonly BatchedAnswer[] {
  const [, quoted, bare] =
    /^multipart\/mixed\s*;.*?boundary=(?:"([^"]+)"|([^\s;"]+))/i.exec(contentType ?? "") ??
      [];
  const boundary = quoted ?? bare;
  if (boundary === undefined) throw new SyntaxError("the batch has no boundary");
  // What stands before the first boundary is passed over; the last one has two more hyphens.
  const [, ...parts] = `\r\n${body}`.split(`\r\n--${boundary}`);
  if (!/^--\s*$/.test(parts.pop() ?? "")) throw new SyntaxError("the batch breaks off");
  const answers = new Map<number, BatchedAnswer>();
  for (const part of parts) {
    const [ids, answer] = readPart(part);
    const isOfAll = ids === undefined && parts.length === 1 && answer.status >= 400;
    if (isOfAll) return Array.from({ length: count }, () => answer);
    // Google's services put a word before the name that a request was given.
    const name = /^<?(?:response-)?(\d{1,6})>?$/.exec(ids ?? "")?.[1];
    if (name === undefined) throw new SyntaxError("an answer of the batch has no name");
    const id = Number(name);
    if (id >= count || answers.has(id)) throw new SyntaxError("an answer of the batch is one too many");
    answers.set(id, answer);
  }
  return Array.from({ length: count }, (_, id) => {
    const answer = answers.get(id);
    if (!answer) throw new SyntaxError("a request of the batch is not answered");
    return answer;
  });
}

function readPart(part: string): readonly [id: string | undefined, answer: BatchedAnswer] {
  const [first = "", head = "", ...rest] = part.replace(/^[ \t]*\r\n/, "").split("\r\n\r\n");
  const [line = "", ...lines] = head.split("\r\n");
  const status = /^HTTP\/1\.1 (\d{3})(?: |$)/.exec(line)?.[1];
  if (status === undefined) throw new SyntaxError("an answer of the batch is none of HTTP");
  const id = headersOf(first.split("\r\n")).get("content-id") ?? undefined;
  return [id, { status: Number(status), headers: headersOf(lines), body: rest.join("\r\n\r\n") }];
}

function headersOf(lines: readonly string[]): Headers {
  const headers = new Headers();
  for (const line of lines) {
    const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):[ \t]*([\x20-\x7e\x80-\xff\t]*)$/.exec(line) ?? [];
    if (name === undefined) {
      if (line.trim() !== "") throw new SyntaxError("a header of the batch is none");
    } else headers.append(name, value ?? "");
  }
  return headers;
}
