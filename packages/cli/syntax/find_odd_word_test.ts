import { assert, assertEquals } from "@std/assert";
import { quote } from "@lade/core/text";
import { textValue } from "../values/plain_values.ts";
import { findOddWord } from "./find_odd_word.ts";
import { flag, option } from "./option.ts";

const OPTIONS = [flag(["-n", "--dry-run"], ""), option(["-i", "--include"], textValue("GLOB"), 1, "")];

Deno.test("findOddWord() finds what the parser would take for a name, though it begins with a dash", () => {
  for (
    const odd of [
      "--dry_run",
      "--dry_run=1",
      "-_n",
      "--dry-run\u000b",
      "-é",
      "--",
      "—dry-run",
      "–n",
      "−n",
      "--=x",
      " --dry-run",
      "\t-n",
      '"--dry-run"',
      "'-n'",
      "“--dry-run”",
      "\u00a0--dry-run",
      "\u200b--dry-run",
      "\ufeff—n",
    ]
  ) {
    for (const args of [["a", odd], [odd, "a"], ["-n", odd], ["--include", "b", odd], ["--include=b", odd]]) {
      const problem = findOddWord(args, OPTIONS);
      if (odd === "--") assertEquals(problem, undefined);
      else assert(problem?.includes(quote(odd.split("=", 1)[0] ?? "")), `${args}: ${problem}`);
    }
    assertEquals(findOddWord(["a", "--", odd], OPTIONS), undefined);
    assertEquals(findOddWord([`--include=${odd}`, "a"], OPTIONS), undefined, "a value is what it is");
  }
});

Deno.test("findOddWord() takes no option for the value that one before it lacks", () => {
  for (const name of ["--include", "-i"]) {
    for (const value of ["--dry-run", "-n", "--dry_run=secret", "--unknown", "--", "—n", " -n", "-n1"]) {
      const problem = findOddWord(["a", name, value, "b"], OPTIONS);
      assert(problem?.startsWith("`--include` needs a value, and "), `${value}: ${problem}`);
      assert(problem?.includes(quote(value.split("=", 1)[0] ?? "")), problem);
      assert(!problem?.includes("secret"), problem);
      assertEquals(findOddWord(["a", `--include=${value}`, "b"], OPTIONS), undefined);
    }
    for (const value of ["-", "-1", "-0.5", "", " a", "a-b"]) {
      assertEquals(findOddWord(["a", name, value, "b"], OPTIONS), undefined, value);
    }
  }
});

Deno.test("findOddWord() leaves options, known or not, and names to the parser", () => {
  const plain = [
    "a",
    "-",
    "",
    "-n",
    "--dry-run",
    "--dryrun",
    "-x1",
    "-nn",
    "--include=-é",
    "a—b",
    "./—b",
    "./--dry_run",
  ];
  assertEquals(findOddWord(plain, OPTIONS), undefined);
});
