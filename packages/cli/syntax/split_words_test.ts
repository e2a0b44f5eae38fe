import { assert, assertEquals } from "@std/assert";
import { printable } from "@lade/core/text";
import fc from "fast-check";
import { quoteWord, splitWords } from "./split_words.ts";

for (
  const [line, words] of [
    ["cp a b", ["cp", "a", "b"]],
    ["  cp\ta   b  ", ["cp", "a", "b"]],
    ["", []],
    ["   ", []],
    ["# cp a b", []],
    ["cp a b # and why", ["cp", "a", "b"]],
    ["cp a#1 b#", ["cp", "a#1", "b#"]],
    ["cp 'a b' \"c d\" e\\ f", ["cp", "a b", "c d", "e f"]],
    ["cp '' \"\"", ["cp", "", ""]],
    ["cp a'b'\"c\"d", ["cp", "abcd"]],
    [String.raw`cp 'a\b' "a\b\"c\\" a\\b`, [
      "cp",
      String.raw`a\b`,
      String.raw`a\b"c\ `.trim(),
      String.raw`a\b`,
    ]],
    [String.raw`cp $'a\n\t\'\\\x41\u00e9\U0001f600'`, ["cp", "a\n\t'\\Aé😀"]],
    ["cp $HOME ~/a *.csv ${x} $(y) `z` a$", ["cp", "$HOME", "~/a", "*.csv", "${x}", "$(y)", "`z`", "a$"]],
    ["cp 'it'\\''s' a;b c>d", ["cp", "it's", "a;b", "c>d"]],
    ["cp '|' \">\"", ["cp", "|", ">"]],
  ] as const
) {
  Deno.test(`splitWords() reads ${JSON.stringify(line)}`, () => assertEquals(splitWords(line), { words }));
}

for (
  const [line, problem] of [
    ["cp 'a b", "A quote is not closed: 'a b"],
    ['cp a"b', 'A quote is not closed: "b'],
    ["cp $'a", "A quote is not closed: 'a"],
    ["cp a \\", "A line ends in a backslash: a command is one line."],
    ["cp a b | wc", '"|" is for a shell, which is not here; as a name it is quoted.'],
    ["cp a b && cp c d", '"&&" is for a shell, which is not here; as a name it is quoted.'],
    ["ls a > b", '">" is for a shell, which is not here; as a name it is quoted.'],
    [String.raw`cp $'\q' b`, String.raw`An escape in $'\q' is none of \n, \t, \xHH, \uHHHH.`],
    [String.raw`cp $'\U00ffffff' b`, String.raw`An escape in $'\U00ffffff' is none of \n, \t, \xHH, \uHHHH.`],
  ] as const
) {
  Deno.test(`splitWords() refuses ${JSON.stringify(line)}`, () =>
    assertEquals(splitWords(line), { problem }));
}

Deno.test("splitWords() reads back what quoteWord() writes, which is safe to look at", () => {
  const names = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: "binary" }),
    fc.string({ unit: fc.constantFrom(..."ab '\"\\$`#|;\n\t\u202e\u00e9\u0301\u3164\ud800\u0000") }),
  );
  fc.assert(fc.property(names, names, (one, other) => {
    const line = `cp ${quoteWord(one)} ${quoteWord(other)}`;
    assertEquals(splitWords(line), { words: ["cp", one, other] });
    assertEquals(printable(line), line);
  }));
});

Deno.test("quoteWord() leaves plain names as they are", () => {
  for (
    const name of [
      "s3://bucket/a-b_c.txt",
      "file:///tmp/Grüße/été.csv",
      "a=b,c@d:e%2F+f",
      "数据/1",
      "/a/.x~tmp",
      "a#1",
    ]
  ) {
    assertEquals(quoteWord(name), name);
  }
  assert(quoteWord("a b") === "'a b'" && quoteWord("") === "''" && quoteWord("~a") === "'~a'");
});

Deno.test("a shell reads what quoteWord() writes", async () => {
  const names = ["a b", "it's", "a\nb\t'c'\\", "$HOME", "*", "~", "é\u202e😀", "", "#a", "a;b|c&d", '"'];
  const line = `printf '%s\\0' ${names.map(quoteWord).join(" ")}`;
  const { stdout } = await new Deno.Command("bash", { args: ["-c", line], env: { LC_ALL: "C.UTF-8" } })
    .output();
  assertEquals(new TextDecoder().decode(stdout).split("\0").slice(0, -1), names);
});
