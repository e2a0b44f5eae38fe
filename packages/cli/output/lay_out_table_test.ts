import { assert, assertEquals } from "@std/assert";
import { layOutTable } from "./lay_out_table.ts";
import { cutText, textWidth } from "./text_width.ts";

Deno.test("layOutTable() aligns text at the left and numbers at the right", () => {
  const columns = [{ header: "name" }, { header: "n", isNumeric: true }];
  assertEquals(layOutTable(columns, [["a", "1"], ["漢字", "200"]], 80), {
    header: "name    n",
    rows: ["a       1", "漢字  200"],
    hidden: 0,
  });
});

Deno.test("layOutTable() cuts the widest columns first, and leaves out the last where none is left to cut", () => {
  const row = ["x".repeat(30), "y".repeat(12), "z"];
  const columns = [{ header: "a" }, { header: "b" }, { header: "c" }];
  const cut = layOutTable(columns, [row], 30);
  assertEquals(cut.rows, [`${"x".repeat(12)}…  ${"y".repeat(12)}  z`]);
  for (let width = 1; width < 60; width++) {
    const { header, rows, hidden } = layOutTable(columns, [row], width);
    for (const line of [header, ...rows]) assert(textWidth(line) <= Math.max(width, 8), `${width}: ${line}`);
    assertEquals(hidden > 0, width < 8 + 2 + 8 + 2 + 1);
  }
});

Deno.test("layOutTable() takes as many rows as there are", () => {
  const rows = Array.from({ length: 300_000 }, (_, row) => [String(row)]);
  assertEquals(layOutTable([{ header: "n", isNumeric: true }], rows, 80).rows.at(7), "     7");
});

Deno.test("textWidth() and cutText() count columns of a terminal, not characters", () => {
  for (
    const [text, width] of [["", 0], ["abc", 3], ["é", 1], ["e\u0301", 1], ["漢", 2], ["🙂", 2], [
      "д",
      1,
    ]] as const
  ) {
    assertEquals(textWidth(text), width, text);
  }
  assertEquals(cutText("漢字漢字", 5), "漢字…");
  assertEquals(cutText("漢字漢字", 8), "漢字漢字");
});
