import { assertEquals, assertThrows } from "@std/assert";
import { readHttpBatch, writeHttpBatch } from "./http_batch.ts";

Deno.test("writeHttpBatch() writes requests as parts, named by their place", () => {
  const body = writeHttpBatch([
    { method: "DELETE", target: "/c/a%20b?x=1", headers: [["if-match", '"1"'], ["authorization", "A"]] },
    { method: "DELETE", target: "/c/b", headers: [] },
  ], "batch_1");
  assertEquals(
    new TextDecoder().decode(body),
    [
      "--batch_1",
      "Content-Type: application/http",
      "Content-Transfer-Encoding: binary",
      "Content-ID: 0",
      "",
      "DELETE /c/a%20b?x=1 HTTP/1.1",
      'if-match: "1"',
      "authorization: A",
      "Content-Length: 0",
      "",
      "",
      "--batch_1",
      "Content-Type: application/http",
      "Content-Transfer-Encoding: binary",
      "Content-ID: 1",
      "",
      "DELETE /c/b HTTP/1.1",
      "Content-Length: 0",
      "",
      "",
      "--batch_1--",
      "",
    ].join("\r\n"),
  );
});

const TYPE = "multipart/mixed; boundary=b_1";

function answer(id: string, line: string, ...rest: string[]): string {
  return ["--b_1", "Content-Type: application/http", `Content-ID: ${id}`, "", line, ...rest].join("\r\n") +
    "\r\n";
}

const GONE = answer("1", "HTTP/1.1 202 Accepted", "x-ms-request-id: r1", "x-ms-version: 1", "", "");
const MISSING = answer(
  "0",
  "HTTP/1.1 404 The specified blob does not exist.",
  "x-ms-error-code: BlobNotFound",
  "",
  "<Error>\r\n\r\n</Error>",
);

Deno.test("readHttpBatch() gives the answers in the order of their requests", () => {
  const answers = readHttpBatch(TYPE, `${GONE}${MISSING}--b_1--\r\n`, 2);
  assertEquals(answers.map(({ status }) => status), [404, 202]);
  assertEquals(answers[0]?.headers.get("x-ms-error-code"), "BlobNotFound");
  assertEquals(answers[0]?.body, "<Error>\r\n\r\n</Error>");
  assertEquals(answers[1]?.headers.get("x-ms-request-id"), "r1");
  assertEquals(
    readHttpBatch('Multipart/Mixed; a=b; boundary="b_1"', `${GONE}${MISSING}--b_1--`, 2).length,
    2,
  );
});

Deno.test("readHttpBatch() takes a single failure without a name for that of each request", () => {
  const alone = answer("1", "HTTP/1.1 403 No", "x-ms-error-code: AuthenticationFailed", "", "");
  const unnamed = alone.replace("Content-ID: 1\r\n", "");
  const statuses = (body: string) => readHttpBatch(TYPE, body, 3).map(({ status }) => status);
  assertEquals(statuses(`${unnamed}--b_1--`), [403, 403, 403]);
  assertThrows(() => statuses(`${unnamed.replace("403", "202")}--b_1--`), SyntaxError);
});

const BAD: Readonly<Record<string, readonly [type: string | undefined, body: string, count: number]>> = {
  "without a boundary": ["multipart/mixed", `${GONE}--b_1--\r\n`, 1],
  "without a type": [undefined, `${GONE}--b_1--\r\n`, 1],
  "of one part": ["application/xml", "<Error/>", 1],
  "that breaks off behind a part": [TYPE, `${MISSING}${GONE}`, 2],
  "that breaks off at its end": [TYPE, `${MISSING}${GONE}--b_1`, 2],
  "with more behind its end": [TYPE, `${MISSING}${GONE}--b_1--\r\n${GONE}`, 2],
  "that lacks an answer": [TYPE, `${MISSING}--b_1--\r\n`, 2],
  "that answers a request twice": [TYPE, `${MISSING}${MISSING}--b_1--\r\n`, 2],
  "that answers a request twice beside all others": [TYPE, `${GONE}${MISSING}${MISSING}--b_1--\r\n`, 2],
  "that answers what was not asked": [
    TYPE,
    `${MISSING}${answer("2", "HTTP/1.1 202 A", "", "")}--b_1--\r\n`,
    2,
  ],
  "with an answer of no name": [TYPE, `${MISSING}${GONE.replace("Content-ID: 1\r\n", "")}--b_1--\r\n`, 2],
  "with a name that is no number": [TYPE, `${MISSING}${GONE.replace("ID: 1", "ID: 1x")}--b_1--\r\n`, 2],
  "with an answer of another protocol": [TYPE, `${MISSING}${GONE.replace("HTTP/1.1", "ICY")}--b_1--\r\n`, 2],
  "with a header that is none": [TYPE, `${MISSING}${GONE.replace("x-ms-version:", "x ms")}--b_1--\r\n`, 2],
  "without parts": [TYPE, "--b_1--\r\n", 1],
  "without anything": [TYPE, "", 1],
};

for (const [name, [type, body, count]] of Object.entries(BAD)) {
  Deno.test(`readHttpBatch() refuses a batch ${name}`, () => {
    assertThrows(() => readHttpBatch(type, body, count), SyntaxError);
  });
}

Deno.test("readHttpBatch() takes no beginning of a batch for the whole", () => {
  const whole = `${MISSING}${GONE}--b_1--`;
  for (let end = 0; end < whole.length; end++) {
    assertThrows(() => readHttpBatch(TYPE, whole.slice(0, end), 2), SyntaxError);
  }
});

Deno.test("writeHttpBatch() lets no header end its line, and shows no value", () => {
  for (const value of ["a\r\nx-other: b", "a\nb", "\0"]) {
    const request = { method: "DELETE", target: "/a", headers: [["if-match", value]] as const };
    const error = assertThrows(() => writeHttpBatch([request], "b_1"), TypeError, '"if-match"');
    assertEquals(error.message.includes("x-other"), false);
  }
});

Deno.test("readHttpBatch() takes the names that Google's services give answers", () => {
  const parts = ["<response-1>", "response-0", "<2>"].map((id, at) =>
    answer(id, `HTTP/1.1 ${204 + at} x`, "", "")
  );
  const answers = readHttpBatch(TYPE, `${parts.join("")}--b_1--`, 3);
  assertEquals(answers.map(({ status }) => status), [205, 204, 206]);
  const refused = answer("<response-a>", "HTTP/1.1 204 No Content", "", "");
  assertThrows(() => readHttpBatch(TYPE, `${refused}--b_1--`, 1), SyntaxError, "no name");
});
