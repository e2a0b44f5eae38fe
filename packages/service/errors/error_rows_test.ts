import { assertEquals } from "@std/assert";
import { NotFoundError, ServiceError } from "@lade/core/errors";
import { errorRows } from "./error_rows.ts";

Deno.test("errorRows() reads codes, statuses and what the service says of a code", () => {
  const [plain, spoken] = errorRows([[NotFoundError, {
    "NoSuchKey 404": "no such object",
    "NoSuchVersion Invalid: version.?id": "no such version; look; and look again",
  }]]);
  assertEquals(plain, { when: ["NoSuchKey", 404], error: NotFoundError, detail: "no such object" });
  assertEquals(spoken, {
    when: ["NoSuchVersion", { code: "Invalid", says: /version.?id/i }],
    error: NotFoundError,
    detail: "no such version",
    advice: "look; and look again",
  });
});

Deno.test("errorRows() keep their order, and whether a call may be made again", () => {
  const rows = errorRows([[ServiceError, { A: "a", B: "b" }, true], [ServiceError, { C: "c" }]]);
  assertEquals(rows.map(({ when, retryable }) => [...when, retryable]), [["A", true], ["B", true], [
    "C",
    undefined,
  ]]);
});
