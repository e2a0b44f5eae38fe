import { MemoryStore } from "@lade/core";
import { seededRandom } from "@lade/testing";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { compareStarts, type OpLogRow } from "../rows/op_log_row.ts";
import { type SortInput, sortOpLogs } from "./sort_op_logs.ts";

const random = seededRandom(5);

function rowsOf(count: number, file: string, threads = ["0"]): OpLogRow[] {
  return Array.from({ length: count }, (_, index) => ({
    thread: threads[index % threads.length] ?? "",
    op: "GET",
    clientId: "",
    objects: 1,
    bytes: index,
    endpoint: "s3://b/",
    file: `${file}${index}`,
    startSeconds: Math.floor(random() * 50),
    startNanos: Math.floor(random() * 3),
    durationNs: 1,
  }));
}

async function* stream(rows: readonly OpLogRow[]): AsyncGenerator<OpLogRow> {
  yield* rows;
}

function expected(rows: readonly OpLogRow[]): OpLogRow[] {
  return rows.toSorted(compareStarts);
}

async function sorted(inputs: readonly SortInput[], options = {}): Promise<OpLogRow[]> {
  return await Array.fromAsync(sortOpLogs(inputs, options));
}

Deno.test("sortOpLogs() gives the rows in the order of their starts, in runs where memory has no room, and leaves none", async () => {
  const rows = rowsOf(5000, "a", ["4", "7364705619221056123"]);
  for (const mostRows of [10_000, 5000, 700, 60]) {
    const store = new MemoryStore();
    const runs = { store, prefix: "runs/" };
    assertEquals(await sorted([{ rows: stream(rows) }], { mostRows, runs }), expected(rows));
    assertEquals(await Array.fromAsync(store.list()), []);
  }
  await assertRejects(
    () => sorted([{ rows: stream(rows) }], { mostRows: 60 }),
    RangeError,
    "more than 60 rows",
  );
});

Deno.test("sortOpLogs() deletes its runs where it is left or fails", async () => {
  const store = new MemoryStore();
  const options = { mostRows: 100, runs: { store, prefix: "" } };
  for await (const _ of sortOpLogs([{ rows: stream(rowsOf(1000, "a")) }], options)) break;
  assertEquals(await Array.fromAsync(store.list()), []);
  const failing = async function* () {
    yield* rowsOf(1000, "a");
    throw new Error("damaged");
  };
  await assertRejects(() => sorted([{ rows: failing() }], options), Error, "damaged");
  assertEquals(await Array.fromAsync(store.list()), []);
});

Deno.test("sortOpLogs() merges logs: all rows, threads apart, names and clocks as they are said to be", async () => {
  const [one, two] = [rowsOf(300, "a", ["9", "1"]), rowsOf(300, "b", ["1"])];
  const found = await sorted([
    { rows: stream(one), clientId: "host-1" },
    { rows: stream(two.map((row) => ({ ...row, clientId: "own" }))), clientId: "host-2", offsetMs: -1500.25 },
  ]);
  const named = [
    ...one.map((row) => ({ ...row, clientId: "host-1", thread: row.thread === "9" ? "0" : "1" })),
    ...two.map((row) => ({
      ...row,
      clientId: "own",
      thread: "2",
      startSeconds: row.startSeconds - 2,
      startNanos: row.startNanos + 499_750_000,
    })),
  ];
  assertEquals(found, expected(named));
  assert(found.every((row, index) => index === 0 || compareStarts(found[index - 1] as OpLogRow, row) <= 0));
});

Deno.test("sortOpLogs() ends with the reason of an abort while it merges, and leaves no run", async () => {
  const store = new MemoryStore();
  const stop = new AbortController();
  const rows = sortOpLogs([{ rows: stream(rowsOf(1000, "a")) }], {
    mostRows: 100,
    runs: { store, prefix: "runs/" },
    signal: stop.signal,
  });
  await rows.next();
  assert((await Array.fromAsync(store.list())).length > 0);
  stop.abort(new Error("enough"));
  await assertRejects(
    async () => {
      for await (const _ of rows);
    },
    Error,
    "enough",
  );
  assertEquals(await Array.fromAsync(store.list()), []);
});
