import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { OpLogError } from "../errors/op_log_error.ts";
import { each, logRow } from "../testing/log_row.ts";
import { orderByStart } from "./order_by_start.ts";

const filesOf = async (rows: ReturnType<typeof orderByStart>) =>
  (await Array.fromAsync(rows)).map(({ file }) => file);

Deno.test("rows in the order of their ends come in that of their starts, equal ones as they came", async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.nat(50), fc.nat(30))), async (ops) => {
    const rows = ops.map(([start, duration], index) => ({ start, end: start + duration, index }))
      .toSorted((a, b) => a.end - b.end);
    const found = await filesOf(orderByStart(
      each(rows.map(({ start, index }) => logRow(start, "GET", String(index)))),
      { window: Math.max(1, rows.length) },
    ));
    assertEquals(found, rows.toSorted((a, b) => a.start - b.start).map(({ index }) => String(index)));
  }));
});

Deno.test("a row that is further away than the window is an error that says to sort the log", async () => {
  const rows = (late: number) =>
    orderByStart(
      each([...Array(late).keys(), -1].map((at) => logRow(at + 1, "GET", String(at)))),
      { window: 10, uri: "s3://logs/l.tsv.zst" },
    );
  assertEquals((await filesOf(rows(10)))[0], "-1");
  const error = await assertRejects(() => filesOf(rows(11)), OpLogError, "lade oplog sort");
  assertEquals(error.uri, "s3://logs/l.tsv.zst");
});

Deno.test("no more rows are read ahead than the window has", async () => {
  let read = 0;
  const rows = async function* () {
    for (; read < 1000; read++) yield logRow(read, "GET", String(read));
  };
  const ordered = orderByStart(rows(), { window: 20 });
  for (let taken = 1; taken <= 100; taken++) {
    await ordered.next();
    assertEquals(read, 20 + taken - 1);
  }
  await ordered.return();
});
