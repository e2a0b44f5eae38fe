import { assertEquals } from "@std/assert";
import { integerValue } from "../values/plain_values.ts";
import { flag, option } from "./option.ts";
import { splitShortValues } from "./split_short_values.ts";

const OPTIONS = [
  flag(["-r", "--recursive"], ""),
  flag(["-H"], ""),
  option(["-j", "--jobs"], integerValue({ metavar: "N", least: 1 }), 1, ""),
];

Deno.test("splitShortValues() takes the value of a short option as a word, with and without =", () => {
  for (
    const [args, split] of [
      [["-j4", "a"], ["-j", "4", "a"]],
      [["-j=4"], ["-j", "4"]],
      [["-j", "4"], ["-j", "4"]],
      [["-rH", "-x1", "--jobs=4", "-"], ["-rH", "-x1", "--jobs=4", "-"]],
      [["--", "-j4", "-r=1"], ["--", "-j4", "-r=1"]],
    ] as const
  ) {
    assertEquals(splitShortValues(args, OPTIONS), { args: [...split] });
  }
});

Deno.test("splitShortValues() refuses a value for a flag", () => {
  assertEquals(splitShortValues(["-r=1"], OPTIONS), { problem: '`-r` takes no value, but got "1".' });
});
