import { Pace } from "./pace.ts";
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Connection, type Socket } from "./connection.ts";
import { Exchange } from "./exchange.ts";
import { encodeRequestHead } from "./encode_request_head.ts";
import type { BodyOwner } from "./framed_body.ts";
import { parseTarget } from "./parse_target.ts";
import { latin1 } from "@lade/testing/http";
import { RequestPayload } from "./request_payload.ts";
import { completeTransportOptions } from "./transport_config.ts";
import { WireError } from "./wire_error.ts";

interface Outcome {
  readonly status?: number;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
  /** Whether the connection may carry another request. */
  readonly reusable?: boolean;
  readonly refused?: boolean;
}

const REFUSED: Outcome = { refused: true };
const config = completeTransportOptions();
const { limits } = config;

/** Gives scripted bytes in scripted pieces once it was written to, and then ends. */
class ScriptedSocket implements Socket {
  readonly remoteAddr: Deno.Addr = { transport: "tcp", hostname: "127.0.0.1", port: 1 };
  readonly #pieces: Uint8Array[];
  readonly #written = Promise.withResolvers<void>();
  closed = false;
  reads = 0;

  constructor(pieces: Uint8Array[]) {
    this.#pieces = pieces;
  }

  async read(target: Uint8Array): Promise<number | null> {
    await this.#written.promise;
    this.reads++;
    const [piece] = this.#pieces;
    if (!piece || this.closed) return null;
    const count = Math.min(piece.length, target.length);
    target.set(piece.subarray(0, count));
    if (count === piece.length) this.#pieces.shift();
    else this.#pieces[0] = piece.subarray(count);
    return count;
  }

  write(bytes: Uint8Array): Promise<number> {
    this.#written.resolve();
    return Promise.resolve(bytes.length);
  }

  close(): void {
    this.closed = true;
  }

  ref(): void {}
  unref(): void {}
}

/** What the transport makes of an answer that arrives in the given pieces. */
async function run(pieces: Uint8Array[], method: string, readSize: number): Promise<Outcome> {
  const socket = new ScriptedSocket(pieces.filter((piece) => piece.length > 0));
  const connection = new Connection(socket, {
    id: 1,
    endpoint: "http://h:80",
    clock: config.clock,
    limits,
    pace: new Pace(120_000, 32),
  });
  const payload = new RequestPayload(undefined);
  const target = parseTarget("http://h/");
  const headers = { lines: [], host: undefined, expectsContinue: false };
  const owner: BodyOwner = { describe: (error) => error, release() {}, received() {} };
  const exchange = new Exchange(connection, {
    method,
    payload,
    head: encodeRequestHead(method, target, headers, payload, false),
    expectContinue: false,
    firstByteTimeoutMs: 1,
    onSent: undefined,
  }, config);
  try {
    const { body: source, head } = await exchange.run(owner);
    source.begin();
    let body = "";
    for (const buffer = new Uint8Array(readSize);;) {
      const count = await source.read(buffer);
      if (count === 0) break;
      body += String.fromCharCode(...buffer.subarray(0, count));
    }
    if (!connection.killed) connection.watch();
    for (let turn = 0; turn < 9; turn++) await undefined;
    const reusable = !connection.killed && connection.buffered.length === 0;
    return { status: head.status, headers: [...head.headers], body, reusable };
  } catch (error) {
    assert(error instanceof WireError, String(error));
    assert(error.kind === "protocol" || error.kind === "closed-early", error.message);
    assert(socket.closed);
    return REFUSED;
  }
}

/** The same by another way: the whole answer at once, by regular expressions over its text. */
function expected(bytes: Uint8Array, method: string): Outcome {
  let text = String.fromCharCode(...bytes);
  for (let interim = 0; interim <= limits.maxInterimResponses; interim++) {
    const match =
      /^HTTP\/1\.([01]) ([1-5]\d\d)(?: [\t\x20-\x7e\x80-\xff]*)?\r\n((?:[!#$%&'*+\-.^_`|~\w]+:[\t\x20-\x7e\x80-\xff]*\r\n)*)\r\n/
        .exec(text);
    if (!match) return REFUSED;
    const [whole, minor, digits, block = ""] = match;
    text = text.slice(whole.length);
    const status = Number(digits);
    if (status === 101) return REFUSED;
    if (status < 200) continue;
    const headers = block.split("\r\n").slice(0, -1).map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, "")];
    });
    return expectedBody(text, method, status, minor === "0", headers);
  }
  return REFUSED;
}

function expectedBody(
  text: string,
  method: string,
  status: number,
  old: boolean,
  headers: [string, string][],
): Outcome {
  const all = (name: string) => headers.filter(([other]) => other === name).map(([, value]) => value);
  const lengths = all("content-length").flatMap((value) => value.split(", "));
  const codings = all("transfer-encoding").map((coding) => coding.toLowerCase());
  const options = all("connection").flatMap((value) => value.toLowerCase().split(",")).map((o) => o.trim());
  const open = !options.includes("close") && (!old || options.includes("keep-alive"));
  if (lengths.some((length) => !/^\d{1,16}$/.test(length) || length !== lengths[0])) return REFUSED;
  if (lengths.length > 0 && Number(lengths[0]) > Number.MAX_SAFE_INTEGER) return REFUSED;
  if (codings.length > 0 && (lengths.length > 0 || old || codings.length > 1 || codings[0] !== "chunked")) {
    return REFUSED;
  }
  const length = lengths.length > 0 ? Number(lengths[0]) : undefined;
  const outcome = { status, headers };
  if (method === "HEAD" || status === 304 || status === 204) {
    const announced = status === 204 && method !== "HEAD" && (codings.length > 0 || (length ?? 0) > 0);
    return { ...outcome, body: "", reusable: open && text === "" && !announced };
  }
  if (codings.length > 0) {
    const decoded = dechunk(text);
    return decoded ? { ...outcome, body: decoded.body, reusable: open && decoded.rest === "" } : REFUSED;
  }
  if (length === undefined) return { ...outcome, body: text, reusable: false };
  if (text.length < length) return REFUSED;
  return { ...outcome, body: text.slice(0, length), reusable: open && text.length === length };
}

function dechunk(text: string): { body: string; rest: string } | undefined {
  let body = "";
  for (;;) {
    const match = /^([\da-fA-F]{1,13})(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?\r\n/.exec(text);
    if (!match) return undefined;
    const size = Number.parseInt(match[1] ?? "", 16);
    text = text.slice(match[0].length);
    if (size === 0) break;
    if (text.length < size + 2 || text.slice(size, size + 2) !== "\r\n") return undefined;
    body += text.slice(0, size);
    text = text.slice(size + 2);
  }
  const end = /^(?:[!#$%&'*+\-.^_`|~\w]+:[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n/.exec(text);
  return end ? { body, rest: text.slice(end[0].length) } : undefined;
}

const bodyText = fc.string({ unit: fc.constantFrom(..."ab\r\n0;: H"), maxLength: 60 });
const headerLine = fc.tuple(
  fc.constantFrom("etag", "X-A", "x-a", "Date", "Connection", "connection"),
  fc.constantFrom("", "a", " close", "keep-alive", "a, close", "\xe4 b\t", "  x  "),
).map(([name, value]) => `${name}:${value}\r\n`);

const framed = fc.oneof(
  bodyText.map((body) => ({ headers: `Content-Length: ${body.length}\r\n`, body })),
  bodyText.map((body) => ({ headers: "", body })),
  fc.tuple(
    fc.array(bodyText, { maxLength: 5 }),
    fc.constantFrom("", ";x=y", " ;z"),
    fc.array(headerLine, { maxLength: 2 }),
  )
    .map(([pieces, extension, trailers]) => ({
      headers: "Transfer-Encoding: chunked\r\n",
      body: pieces.filter(Boolean).map((piece) => `${piece.length.toString(16)}${extension}\r\n${piece}\r\n`)
        .join("") +
        `0${extension}\r\n${trailers.join("")}\r\n`,
    })),
);

const answer = fc.record({
  interim: fc.array(fc.constantFrom("HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 x\r\nA: b\r\n\r\n"), {
    maxLength: 2,
  }),
  version: fc.constantFrom("HTTP/1.1", "HTTP/1.1", "HTTP/1.0"),
  status: fc.constantFrom(
    "200 OK",
    "206 Partial Content",
    "404 ",
    "503",
    "204 No Content",
    "304 Not Modified",
  ),
  before: fc.array(headerLine, { maxLength: 3 }),
  after: fc.array(headerLine, { maxLength: 3 }),
  framed,
  trailing: fc.constantFrom("", "", "", "x", "HTTP/1.1 200 OK\r\n\r\n"),
}).map(({ after, before, framed, interim, status, trailing, version }) =>
  `${interim.join("")}${version} ${status}\r\n${before.join("")}${framed.headers}${
    after.join("")
  }\r\n${framed.body}${trailing}`
);

const mutation = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  kind: fc.constantFrom("replace", "insert", "delete", "cut", "double"),
  text: fc.constantFrom(
    "\r",
    "\n",
    "\r\n",
    " ",
    "\t",
    ":",
    ";",
    ",",
    "\0",
    "0",
    "9",
    "f",
    "-",
    "\xff",
    "chunked",
    "Content-Length: 3\r\n",
  ),
});

function mutate(text: string, { at, kind, text: other }: { at: number; kind: string; text: string }): string {
  const index = Math.floor(at * text.length);
  const [before, after] = [text.slice(0, index), text.slice(index)];
  if (kind === "replace") return before + other + after.slice(other.length);
  if (kind === "insert") return before + other + after;
  if (kind === "delete") return before + after.slice(1);
  return kind === "cut" ? before : before + after + after;
}

function split(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const at = [...new Set(cuts.map((cut) => Math.floor(cut * bytes.length)))].sort((a, b) => a - b);
  return [0, ...at].map((start, i) => bytes.subarray(start, at[i] ?? bytes.length));
}

const seed = Number(Deno.env.get("LADE_TEST_SEED") ?? Date.now() % 2 ** 31);
const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
const method = fc.constantFrom("GET", "GET", "HEAD", "PUT");
const readSize = fc.constantFrom(1, 2, 7, 64, 10_000);

Deno.test(`Exchange reads any answer the same in any pieces, and as RFC 9112 says (seed ${seed})`, async () => {
  await fc.assert(
    fc.asyncProperty(answer, cuts, method, readSize, async (text, cuts, method, readSize) => {
      const bytes = latin1(text);
      const wanted = expected(bytes, method);
      assertEquals(wanted === REFUSED, /^HTTP\/1\.0[^]*Transfer-Encoding/m.test(text));
      assertEquals(await run([bytes], method, 10_000), wanted);
      assertEquals(await run(split(bytes, cuts), method, readSize), wanted);
      assertEquals(await run(Array.from(bytes, (byte) => Uint8Array.of(byte)), method, readSize), wanted);
    }),
    { seed, numRuns: 1_500 },
  );
});

Deno.test(`Exchange refuses or reads a damaged answer, but never frames it otherwise (seed ${seed})`, async () => {
  const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      answer,
      mutations,
      cuts,
      method,
      readSize,
      async (text, mutations, cuts, method, readSize) => {
        const bytes = latin1(mutations.reduce(mutate, text));
        const wanted = expected(bytes, method);
        assertEquals(await run([bytes], method, 10_000), wanted);
        assertEquals(await run(split(bytes, cuts), method, readSize), wanted);
      },
    ),
    { seed, numRuns: 4_000 },
  );
});

Deno.test(`Exchange refuses or reads any bytes at all (seed ${seed})`, async () => {
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.uint8Array({ maxLength: 200 }).map((tail) =>
      Uint8Array.from([...latin1("HTTP/1.1 200 OK\r\n"), ...tail])
    ),
    fc.string({ unit: fc.constantFrom(..."HTP/1. 02\r\n:;abc"), maxLength: 100 }).map(latin1),
  );
  await fc.assert(
    fc.asyncProperty(noise, cuts, method, async (bytes, cuts, method) => {
      const wanted = expected(bytes, method);
      assertEquals(await run([bytes], method, 10_000), wanted);
      assertEquals(await run(split(bytes, cuts), method, 7), wanted);
    }),
    { seed, numRuns: 2_000 },
  );
});
