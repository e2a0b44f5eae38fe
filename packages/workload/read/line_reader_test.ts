import { assert, assertEquals } from "@std/assert";
import { each } from "../testing/log_row.ts";
import { readLines } from "./line_reader.ts";

Deno.test("lines of a large piece come in small groups, so that many logs are read at a time in little memory", async () => {
  const lines = Array.from({ length: 100_000 }, (_, at) => `line ${at} é`);
  const bytes = new TextEncoder().encode(lines.join("\r\n"));
  const groups = await Array.fromAsync(readLines(each([bytes]), 100));
  assertEquals(groups.flatMap((group) => group.lines), lines);
  assertEquals(groups.map(({ isRest }) => isRest).lastIndexOf(false), groups.length - 2);
  const most = Math.max(...groups.map((group) => group.lines.join().length));
  assert(most <= 2 ** 16 + 100, `${most}`);
});
