import { assertEquals } from "@std/assert";
import { jsonDialect } from "./json_dialect.ts";

const dialect = jsonDialect((error) => error as { code: string; message: string });
const headers = { get: () => undefined };

Deno.test("jsonDialect() knows a document by its first member", () => {
  assertEquals(dialect.rootOf(' { "page" : {"entries": ['), "page");
  for (const none of ["", "<html>", "[1]", '"page"', "{}"]) assertEquals(dialect.rootOf(none), undefined);
});

Deno.test("jsonDialect() reads what a document says of a failure, and makes do without one", () => {
  const body = '{"error":{"code":"Gone","message":"it is gone"}}';
  assertEquals([dialect.faults.isReport(body), dialect.faults.isReport('{"page":1}')], [true, false]);
  const { code, message } = dialect.faults.read({ status: 410, headers, body });
  assertEquals([code, message], ["Gone", "410 Gone: it is gone"]);
  const strict = jsonDialect((error) => ({ code: (error as { code: string }).code }));
  for (const none of ["", '{"page":1}', "<html>"]) {
    assertEquals(strict.faults.read({ status: 500, headers, body: none }).code, "");
  }
});

Deno.test("jsonDialect() survives a report that breaks off", () => {
  const careful = jsonDialect((error) => ({ message: String(error) }));
  assertEquals(careful.faults.read({ status: 500, headers, body: '{"error":{"code' }).status, 500);
});

Deno.test("jsonDialect() takes another form of report for somebody else's, and names the request by its header", () => {
  const own = jsonDialect(
    (error) => Object(error).code === undefined ? undefined : { code: "Gone" },
    "depot-id",
  );
  assertEquals(own.faults.isReport('{"error":{"code":1}}'), true);
  assertEquals(own.faults.isReport('{"error":"invalid_grant","error_description":"x"}'), false);
  assertEquals(own.faults.isReport('{"error":{"co'), true);
  const reply = { status: 410, headers: new Headers({ "depot-id": "R1" }), body: '{"error":{"code":1}}' };
  assertEquals(own.faults.read(reply).message, "410 Gone: the service gave no reason (request R1)");
});
