import { assertEquals } from "@std/assert";
import { checkProse } from "./prose.ts";

const check = (...lines: string[]) => checkProse({ path: "a.md", text: lines.join("\n") });
const LONG = "word ".repeat(30);

Deno.test("checkProse() refuses lines of more than 120 columns, and tells which", () => {
  assertEquals(check("x".repeat(120), "x".repeat(121)), ["a.md:2: 121 columns, 120 is the most"]);
  assertEquals(check("ö".repeat(120), "😀".repeat(120)), []);
  assertEquals(check("```", "code", "```", LONG).length, 1);
  assertEquals(check("see `s3://bucket/key`", `${LONG} s3://b/k`).length, 1);
});

Deno.test("checkProse() leaves tables, code blocks and addresses alone", () => {
  assertEquals(check(`| ${LONG} |`, `  | ${LONG} |`), []);
  assertEquals(check("```ts", LONG, "```", "  ~~~", LONG, "  ~~~"), []);
  assertEquals(check("````", "```", LONG, "````"), []);
  assertEquals(check(`https://example.org/${"x".repeat(120)}`), []);
});
