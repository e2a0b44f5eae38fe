import { MemoryStore } from "@lade/core";
import { compressed } from "../testing/compressed.ts";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { OpLogError } from "../errors/op_log_error.ts";
import { createOpLog } from "../record/op_log.ts";
import { type OpLogRow, uriOfRow } from "../rows/op_log_row.ts";
import type { OpLogDialect } from "../rows/row_formatter.ts";
import { openOpLog, type OpLogEnd, readOpLog, type ReadOpLogOptions } from "./read_op_log.ts";

const encode = (text: string) => new TextEncoder().encode(text);

async function read(content: string | Uint8Array, options: ReadOpLogOptions = {}): Promise<OpLogRow[]> {
  const bytes = typeof content === "string" ? encode(content) : content;
  // In pieces that cut lines and characters.
  const pieces = (async function* () {
    for (let at = 0, step = Math.max(7, bytes.length >> 8); at < bytes.length; at += step) {
      yield bytes.slice(at, at + step);
    }
  })();
  return await Array.fromAsync(readOpLog(pieces, options));
}

const ROW: OpLogRow = {
  thread: "3",
  op: "GET",
  clientId: "host-1",
  objects: 1,
  bytes: 4096,
  endpoint: "s3://bucket/",
  file: "data/ä b.bin",
  startSeconds: 1_796_043_256,
  startNanos: 5,
  firstByteNs: 1_000_000,
  durationNs: 2_500_000_123,
  offset: 8192,
  length: 8192,
  call: "get",
};
const ODD: OpLogRow = {
  ...ROW,
  op: "COPY",
  thread: "0",
  file: 'a\tb\n"c"%09\u0085#',
  toFile: "x\ry",
  error: 'not-found: Cannot copy "s3://bucket/x": no such object',
  server: "10.0.0.1",
};

async function write(rows: readonly OpLogRow[], dialect: OpLogDialect, compress: boolean) {
  const store = new MemoryStore();
  {
    await using log = createOpLog(await store.createWriter("log"), { dialect, compress });
    for (const row of rows) log.append(row);
  }
  return { store, text: new TextDecoder().decode(await bytesOf(store)) };
}

async function bytesOf(store: MemoryStore): Promise<Uint8Array> {
  return new Uint8Array(await new Response((await store.get("log")).body).arrayBuffer());
}

Deno.test("a log gives back what was written, to the nanosecond and with every name, compressed or not", async () => {
  for (const compress of [true, false]) {
    let end: OpLogEnd | undefined;
    const { store } = await write([ROW, ODD], "lade", compress);
    const rows = await Array.fromAsync(openOpLog(store, "log", { onEnd: (told) => end = told }));
    assertEquals(rows, [ROW, ODD]);
    assertEquals(end, { rows: 2, bad: 0, isCut: false });
  }
});

Deno.test("the lines of a log are what warp and s3dlio read: as many fields as columns, comments behind them alone", async () => {
  for (const [dialect, count] of [["lade", 21], ["warp", 15], ["s3dlio", 13]] as const) {
    const { text } = await write([ROW, ODD], dialect, false);
    const lines = text.trimEnd().split("\n");
    assertEquals(lines.length, 4);
    for (const line of lines.slice(0, 3)) assertEquals(line.split("\t").length, count, line);
    assertEquals(lines[3], "# rows=2 errors=1 dropped=0 complete");
    assert(!text.includes('"'), "a strict reader of quoted fields would fail");
  }
  const { text } = await write(
    [{ ...ROW, thread: "7364705619221056123", server: "http://10.0.0.1:9000" }],
    "warp",
    false,
  );
  const fields = text.split("\n")[1]?.split("\t") ?? [];
  assertEquals(fields.slice(0, 8), [
    "0",
    "0",
    "GET",
    "host-1",
    "1",
    "4096",
    "http://10.0.0.1:9000",
    "bucket/data/ä b.bin",
  ]);
  assertEquals(fields.slice(9), [
    "2026-11-30T12:54:16.000000005Z",
    "2026-11-30T12:54:16.001000005Z",
    "",
    "2026-11-30T12:54:18.500000128Z",
    "2500000123",
    "0",
  ]);
});

Deno.test("logs of warp, of s3dlio and others are read: columns by name, objects by their URI", async () => {
  const warp = [
    "idx\tthread\top\tclient_id\tn_objects\tbytes\tendpoint\tfile\terror\tstart\tfirst_byte\tlast_byte\tend\tduration_ns\tcat",
    "0\t4\tPUT\tc1\t1\t1000\thttp://127.0.0.1:9000\tbkt/a/b\t\t2026-11-30T14:00:00.5+02:00\t\t\t2026-11-30T14:00:01.5+02:00\t1000000000\t0",
    "# commandline: warp mixed",
  ].join("\n");
  const [put] = await read(warp);
  assert(put);
  assertEquals([uriOfRow(put), put.server, put.durationNs, put.thread], [
    "s3://bkt/a/b",
    "http://127.0.0.1:9000",
    1e9,
    "4",
  ]);
  const s3dlio = [
    "idx\tthread\toperation\tclient_id\tn_objects\tbytes\tendpoint\tfile\terror\tstart\tfirst_byte\tend\tduration_ns",
    "0\t7364705619221056123\tGET_RANGE\t\t1\t10\taz://cont\tcont/k\t\t2026-11-30T12:00:00.000000001Z\t2026-11-30T12:00:01.000000001Z\t2026-11-30T12:00:01.000000001Z\t1000000000",
    "1\t1\tHEAD\t\t1\t0\tfile://\t/data/x\toops\t2026-11-30T12:00:00Z\t\t2026-11-30T12:00:01Z\t",
  ].join("\r\n");
  const rows = await read(compressed(encode(s3dlio)));
  assertEquals(rows.map((row) => [row.op, uriOfRow(row), row.firstByteNs, row.durationNs, row.error]), [
    ["GET", "az://cont/k", undefined, 1e9, undefined],
    ["STAT", "file:///data/x", undefined, 1e9, "oops"],
  ]);
  const csv = 'op,file,start,duration_ns\nGET,"b/x,""y""",2026-11-30T12:00:00Z,5\n';
  assertEquals((await read(csv)).map(uriOfRow), ['s3://b/x,"y"']);
  const json =
    '{"op":"PUT","endpoint":"gs://b","file":"b/o","start":"2026-11-30T12:00:00Z","duration_ns":7,"bytes":3}\n\n' +
    '{"start":"2026-11-30T12:00:00Z","op":"GET","file":"gs://b/o","end":"2026-11-30T12:00:00.000000007Z","error":null}\n';
  assertEquals((await read(json)).map((row) => [row.op, uriOfRow(row), row.durationNs, row.bytes]), [
    ["PUT", "gs://b/o", 7, 3],
    ["GET", "gs://b/o", 7, 0],
  ]);
});

Deno.test("a row without meaning is an error with its line, or is passed over and told", async () => {
  const head = "op\tfile\tstart\tduration_ns\tbytes";
  const good = "GET\tb/k\t2026-11-30T12:00:00Z\t5\t1";
  const faults = {
    "GET\tb/k\t2026-11-30T12:00:00Z\t5": "line 3: it has 4 fields, not 5",
    "GET\tb/k\tyesterday\t5\t1": 'line 3: start "yesterday" is no time',
    "GET\tb/k\t\t5\t1": "line 3: it has no start",
    "GET\tb/k\t2026-11-30T12:00:00Z\t\t1": "line 3: it has neither duration_ns nor end",
    "GET\tb/k\t2026-11-30T12:00:00Z\t-5\t1": 'line 3: duration_ns "-5" is no whole number',
    "GET\tb/k\t2026-11-30T12:00:00Z\t5\t1e3": 'line 3: bytes "1e3" is no whole number',
  };
  for (const [line, why] of Object.entries(faults)) {
    const text = [head, good, line, good].join("\n");
    const error = await assertRejects(() => read(text, { uri: "s3://b/log" }), OpLogError, why);
    assertEquals([error.line, error.uri], [3, "s3://b/log"]);
    const told: string[] = [];
    let end: OpLogEnd | undefined;
    const options = { skipBad: true, onBad: ({ detail }: OpLogError) => void told.push(detail) };
    assertEquals((await read(text, { ...options, onEnd: (it) => end = it })).length, 2);
    assertEquals([told, end], [[why], { rows: 2, bad: 1, isCut: undefined }]);
  }
  const back = "op,file,start,end\nGET,b/k,2026-11-30T12:00:01Z,2026-11-30T12:00:00Z\n";
  await assertRejects(() => read(back), OpLogError, "line 2: it ends before it starts");
  for (
    const [text, why] of [["", "no line of columns"], ["# only\n", "no line of columns"], [
      "a,b\n1,2\n",
      "there is no column op and file and start",
    ], ["\ufffd{", "no column"]] as const
  ) {
    await assertRejects(() => read(text, { skipBad: true }), OpLogError, why);
  }
  await assertRejects(() => read(Uint8Array.of(255, 254, 253, 252, 10)), OpLogError, "no UTF-8");
});

Deno.test("a log that was cut off is an error, unless what is there is asked for; damage always is one", async () => {
  const rows = Array.from({ length: 20_000 }, (_, index) => ({ ...ROW, file: `data/${index}` }));
  for (const compress of [true, false]) {
    const { store } = await write(rows, "lade", compress);
    const bytes = await bytesOf(store);
    for (const length of [bytes.length - 2, Math.floor(bytes.length * 0.7)]) {
      const cut = bytes.slice(0, length);
      await assertRejects(() => read(cut), Error, compress ? "ends early" : "cut off");
      let end: OpLogEnd | undefined;
      const found = await read(cut, { allowCut: true, skipBad: true, onEnd: (it) => end = it });
      assertEquals(found, rows.slice(0, found.length));
      assert(found.length > 5000 && end?.isCut, `${found.length} rows`);
    }
  }
  const { store, text } = await write(rows.slice(0, 3), "lade", false);
  assertEquals((await read(await bytesOf(store))).length, 3);
  const fewer = text.split("\n").filter((_, index) => index !== 2).join("\n");
  await assertRejects(() => read(fewer), OpLogError, "it says that it has 3 rows, and has 2");
});

const GOOD = (count: number) =>
  `op\tfile\tstart\tduration_ns\tlade_op\n${
    Array.from({ length: count }, (_, at) => `GET\tk${at}\t2026-11-30T12:00:00Z\t5\tget\n`).join("")
  }# rows=${count} errors=0 dropped=0 complete\n`;

Deno.test("logs that stand one after the other are read as one, and each has to be whole", async () => {
  const ends: OpLogEnd[] = [];
  const onEnd = (end: OpLogEnd) => void ends.push(end);
  const packed = [GOOD(1), GOOD(2)].map((log) => compressed(encode(log)));
  const joined = new Uint8Array(await new Blob(packed.map((each) => new Uint8Array(each))).arrayBuffer());
  for (const both of [GOOD(1) + GOOD(2), `\ufeff${GOOD(1)}\ufeff${GOOD(2)}`, joined]) {
    assertEquals((await read(both, { onEnd })).map(({ file }) => file), ["k0", "k0", "k1"]);
  }
  assertEquals(ends, Array(3).fill({ rows: 3, bad: 0, isCut: false }));
  const cut = GOOD(1).replace(/#.*\n/, "") + GOOD(2);
  const error = await assertRejects(() => read(cut), OpLogError, "line 3: it was cut off");
  assertEquals(error.line, 3);
  assertEquals((await read(cut, { allowCut: true, onEnd })).length, 3);
  assertEquals(ends.at(-1), { rows: 3, bad: 0, isCut: true });
  await assertRejects(
    () => read(GOOD(1).replace("rows=1", "rows=2") + GOOD(1)),
    OpLogError,
    "it says that it has 2 rows, and has 1",
  );
  const rows = "op\tfile\tstart\tduration_ns\nGET\tb/k\t2026-11-30T12:00:00Z\t5\n";
  assertEquals((await read(rows + rows, { onEnd })).length, 2);
  assertEquals(ends.at(-1)?.isCut, undefined);
});

Deno.test("a line that is no UTF-8 is told by its number, and passed over alone", async () => {
  const lines = GOOD(3).split("\n").map(encode);
  lines[2]?.set([0xff], 4);
  const bytes = lines.flatMap((line) => [...line, 10]);
  const log = new Uint8Array(bytes);
  const whole = (options: ReadOpLogOptions = {}) => Array.fromAsync(readOpLog(stream([log]), options));
  const error = await assertRejects(() => whole(), OpLogError, "line 3: it is no UTF-8");
  assertEquals(error.line, 3);
  assertEquals((await whole({ skipBad: true })).map(({ file }) => file), ["k0", "k2"]);
});

async function* stream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}

Deno.test("what no number or time can hold is a fault of its row, and a column that is there twice one of the log", async () => {
  const header = "op\tfile\tstart\tfirst_byte\tend\tlade_op\n";
  const row = (...times: string[]) => read(`${header}GET\tk\t${times.join("\t")}\tget\n`, { allowCut: true });
  const noon = "2026-11-30T12:00:00Z";
  await assertRejects(() => row("2026-01-01T00:00:00Z", "", noon), OpLogError, "line 2: it takes more than");
  await assertRejects(() => row(noon, "", "2026-11-30T11:59:59Z"), OpLogError, "it ends before it starts");
  for (const time of ["0000-01-01T00:00:00+01:00", "9999-12-31T23:59:59Z"]) {
    await assertRejects(() => row(time, "", time), OpLogError, "is no time");
  }
  // A first byte before the start, or behind the end, is not known.
  for (const first of ["2026-11-30T11:59:59Z", "2026-11-30T12:00:02Z"]) {
    assertEquals((await row(noon, first, "2026-11-30T12:00:01Z"))[0]?.firstByteNs, undefined);
  }
  assertEquals((await row(noon, noon, noon))[0]?.firstByteNs, 0);
  await assertRejects(() => read("op\tfile\tstart\tSTART\n"), OpLogError, "it has the column start twice");
});

Deno.test("names that break a row are encoded, whichever column has them", async () => {
  for (const column of ["error", "endpoint", "clientId", "server", "call", "op", "thread", "toFile"]) {
    const odd: OpLogRow = { ...ROW, [column]: 'A\tB\n"%' };
    const { store } = await write([odd, ROW], "lade", false);
    assertEquals(await Array.fromAsync(openOpLog(store, "log")), [odd, ROW], column);
  }
});

Deno.test("a line is bounded, a quote has to be closed, and frames to pass over may come first", async () => {
  const long = `${GOOD(1)}${"x".repeat(2 ** 20 + 1)}`;
  const whole = () =>
    Array.fromAsync(readOpLog(stream([encode(long.slice(0, 900_000)), encode(long.slice(900_000))])));
  await assertRejects(whole, OpLogError, "line 4: a line has more than 1048576 bytes");
  const csv = 'op,file,start,duration_ns\nGET,"b/k,2026-11-30T12:00:00Z,5\n';
  await assertRejects(() => read(csv), OpLogError, "line 2: a quote is not closed");
  await assertRejects(() => read('{"op":"GET"}\nnull\n', { skipBad: false }), OpLogError);
  const skippable = new Uint8Array([0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2]);
  const frames = new Uint8Array([...skippable, ...compressed(encode(GOOD(2)))]);
  assertEquals((await read(frames)).length, 2);
});

Deno.test("a reader that stops early ends its source", async () => {
  let isEnded = false;
  const endless = async function* () {
    try {
      yield encode(GOOD(1).split("#")[0] ?? "");
      for (;;) yield encode("GET\tk\t2026-11-30T12:00:00Z\t5\tget\n");
    } finally {
      isEnded = true;
    }
  };
  for await (const _ of readOpLog(endless())) break;
  assertEquals(isEnded, true);
});
