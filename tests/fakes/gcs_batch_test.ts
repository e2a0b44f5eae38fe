import { assertEquals, assertMatch } from "@std/assert";
import { type FakeGcs, gcsRequest, reasonOf, startFakeGcs } from "./gcs/mod.ts";

/** Sends calls in one batch, with the ids `<0>`, `<1>` and so on. */
function send(fake: FakeGcs, calls: readonly string[], token?: string) {
  const parts = calls.map((call, index) =>
    `--mark\r\nContent-Type: application/http\r\nContent-ID: <id+${index}>\r\n\r\n${call}\r\n`
  );
  const headers = { "content-type": "multipart/mixed; boundary=mark" };
  const body = `${parts.join("")}--mark--`;
  return gcsRequest(fake, {
    method: "POST",
    path: "/batch/storage/v1",
    headers,
    body,
    ...(token && { token }),
  });
}

Deno.test("each call of a batch has its own answer, by the id of the call", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  const { generation } = fake.putObject("bucket", "a/b", "bytes");
  fake.putObject("bucket", "c", "bytes");
  const answer = await send(fake, [
    "DELETE /storage/v1/b/bucket/o/a%2Fb?ifGenerationMatch=1 HTTP/1.1\r\n\r\n",
    `DELETE /storage/v1/b/bucket/o/a%2Fb?ifGenerationMatch=${generation} HTTP/1.1\r\naccept: */*\r\n\r\n`,
    "DELETE /storage/v1/b/bucket/o/none HTTP/1.1",
    'PATCH /storage/v1/b/bucket/o/c HTTP/1.1\r\ncontent-type: application/json\r\n\r\n{"metadata":{"a":"b"}}',
    "GET /storage/v1/b/bucket/o/c\r\nauthorization: Bearer other\r\n\r\n",
  ]);
  const [, boundary = ""] = /^multipart\/mixed; boundary=(\S+)$/.exec(answer.headers["content-type"] ?? "") ??
    [];
  const parts = answer.text.split(`--${boundary}`).slice(1, -1);
  assertEquals(answer.text.endsWith(`--${boundary}--\r\n`), true);
  const told = parts.map((part) => [
    /Content-ID: (\S+)/.exec(part)?.[1],
    /HTTP\/1\.1 (\d+)/.exec(part)?.[1],
    /"reason":"(\w+)"/.exec(part)?.[1],
  ]);
  assertEquals(told, [
    ["<response-id+0>", "412", "conditionNotMet"],
    ["<response-id+1>", "204", undefined],
    ["<response-id+2>", "404", "notFound"],
    ["<response-id+3>", "200", undefined],
    ["<response-id+4>", "401", "authError"],
  ]);
  assertEquals(fake.objects("bucket").map(({ metadata }) => metadata), [new Map([["a", "b"]])]);
});

Deno.test("a batch is refused that is too large, carries bytes, or is not one", async () => {
  await using fake = await startFakeGcs({ buckets: ["bucket"] });
  const call = "DELETE /storage/v1/b/bucket/o/a HTTP/1.1\r\n\r\n";
  const many = await send(fake, Array(101).fill(call));
  assertEquals(reasonOf(many), "400 invalid");
  assertMatch(many.text, /more than 100 calls/);
  assertEquals((await send(fake, Array(100).fill(call))).status, 200);
  assertEquals(reasonOf(await send(fake, [])), "400 invalid");
  assertEquals(reasonOf(await send(fake, ["POST /batch/storage/v1 HTTP/1.1\r\n\r\n"])), "400 invalid");
  assertEquals(reasonOf(await send(fake, ["GET /b/bucket/o/a?alt=media HTTP/1.1\r\n\r\n"])), "400 invalid");
  assertEquals(reasonOf(await send(fake, ["nothing"])), "400 invalid");
  const headers = { "content-type": "multipart/form-data; boundary=mark" };
  const other = { method: "POST", path: "/batch/storage/v1", headers, body: "--mark--" };
  assertEquals(reasonOf(await gcsRequest(fake, other)), "400 invalid");
  assertEquals(reasonOf(await send(fake, [call], "unknown")), "401 authError");
  fake.settings.refusesBatches = true;
  assertEquals(reasonOf(await send(fake, [call])), "404 notFound");
});
