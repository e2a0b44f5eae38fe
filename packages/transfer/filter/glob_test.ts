import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import picomatch from "picomatch";
import { Glob } from "./glob.ts";

const CASES: readonly (readonly [glob: string, matching: readonly string[], others: readonly string[]])[] = [
  ["*.gz", ["a.gz", "x/y/.gz", ".a.gz", "x/a.gz"], ["a.gz/b", "a.gzz", "agz"]],
  ["a", ["a", "x/a", "x/y/a"], ["ba", "a/", "a/b", "A"]],
  ["x/a", ["x/a", "y/x/a"], ["xx/a", "x/a/b"]],
  ["/a", ["a"], ["x/a", "/a"]],
  ["/x/*", ["x/a", "x/"], ["y/x/a", "x/a/b", "x"]],
  ["tmp/", ["tmp/a", "x/tmp/a/b", "tmp/"], ["tmp", "xtmp/a"]],
  ["/tmp/", ["tmp/a", "tmp/a/b", "tmp/"], ["tmp", "x/tmp/a"]],
  ["/**", ["", "a", "a/b", "/"], []],
  ["**", ["", "a", "a/b", "/", ".x/.y"], []],
  ["/a/**/b", ["a/b", "a/x/b", "a/x/y/b"], ["ab", "a/xb", "x/a/b"]],
  ["/a**/b", ["a/b", "ax/b", "ax/y/b"], ["ab", "axb", "a/xb"]],
  ["/a**b", ["ab", "a/b", "a/x/y/b"], ["ac", "xab"]],
  ["**/a", ["a", "x/a", "x/y/a"], ["xa"]],
  ["/?", ["a", "🙀", "\n"], ["", "/", "ab"]],
  ["/[a-c]", ["a", "b", "c"], ["d", "-", "B", "/"]],
  ["/[!a-c]", ["d", "-", "🙀", "!"], ["a", "b", "/"]],
  ["/[^a]", ["^", "b"], ["a"]],
  ["/[a-]", ["a", "-"], ["b"]],
  ["/[\\]]", ["]"], ["\\"]],
  ["/[\\a-\\c]", ["b"], ["\\", "-"]],
  ["/{a,b}.{gz,zst}", ["a.gz", "b.zst"], ["c.gz", "a.", "{a,b}.gz"]],
  ["/a{,.bak}", ["a", "a.bak"], ["a."]],
  ["/{a{b,c},d/e}", ["ab", "ac", "d/e"], ["a", "x/d/e", "ad/e"]],
  ["{x/y,z}", ["x/y", "q/x/y", "z", "q/z"], ["xx/y", "y"]],
  ["/a,b", ["a,b"], ["a", "b"]],
  ["/\\*\\{", ["*{"], ["x{", "\\*\\{"]],
  ["!a", ["!a", "x/!a"], ["b"]],
  ["#a", ["#a"], ["a"]],
  ["@(a|b)", ["@(a|b)"], ["a", "b"]],
  ["/a//b", ["a//b"], ["a/b"]],
];

Deno.test("Glob matches as documented", () => {
  for (const [text, matching, others] of CASES) {
    const glob = new Glob(text);
    for (const name of matching) assert(glob.matches(name), `${text} matches ${name}`);
    for (const name of others) assert(!glob.matches(name), `${text} does not match ${name}`);
  }
});

Deno.test("Glob refuses what is none, and shows the place", () => {
  const problems: readonly (readonly [glob: string, problem: RegExp])[] = [
    ["", /it is empty/],
    ["/", /names nothing/],
    ["a[b", /at 2: "\[" is not closed/],
    ["/a[b", /at 3: "\[" is not closed/],
    ["[]]", /at 1: "\[" holds nothing/],
    ["[z-a]", /at 2: the range ends before it begins/],
    ["[[:alpha:]]", /at 2: classes such as/],
    ["x{a,b", /at 2: "\{" is not closed/],
    ["x{a,{b}", /at 2: "\{" is not closed/],
    ["a}", /at 2: "\}" closes nothing/],
    ["a\\", /at 2: "\\\\" is followed by nothing/],
    ["[a\\", /is followed by nothing|not closed/],
    ["a***", /at 2: more than two/],
    ["{".repeat(100), /more than 32 deep/],
  ];
  for (const [text, problem] of problems) {
    const error = assertThrows(() => new Glob(text), TypeError, undefined, text);
    assert(problem.test(error.message), `${text}: ${error.message}`);
    assert(error.message.startsWith(`Cannot use the glob ${JSON.stringify(text)}`), error.message);
  }
});

Deno.test("Glob tells the prefix of all that it matches, and none where there is none", () => {
  const prefixes: readonly (readonly [string, string])[] = [
    ["/logs/2026-*.gz", "logs/2026-"],
    ["/logs/", "logs/"],
    ["/a\\*b?", "a*b"],
    ["/{a,b}", ""],
    ["logs/*", ""],
  ];
  for (const [text, prefix] of prefixes) assertEquals(new Glob(text).literalPrefix, prefix, text);
  assertEquals(new Glob("logs/*", true).literalPrefix, "logs/");
});

Deno.test("Glob takes no more steps on hostile patterns than their length times that of the name", () => {
  const name = `${"a".repeat(5_000)}c`;
  const patterns = [
    `/${"*a".repeat(200)}b*`,
    `/${"{a,a}".repeat(300)}b*`,
    `/${"**a".repeat(100)}?b*`,
    `${"**/".repeat(100)}b*`,
  ];
  for (const pattern of patterns) assert(!new Glob(pattern).matches(name), pattern);
});

const segment = fc.string({ unit: fc.constantFrom("a", "b", ".", "-", "🙀"), minLength: 1, maxLength: 4 });
const name = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/"));

Deno.test("Glob agrees with picomatch on what both know", () => {
  const piece = fc.constantFrom("a", "b", ".", "*", "?", "[a-b]", "[^a]", "{a,b*}", "{a,.b}", "\\*");
  const part = fc.oneof(
    {
      weight: 5,
      arbitrary: fc.array(piece, { minLength: 1, maxLength: 4 }).map((pieces) => pieces.join("")),
    },
    { weight: 1, arbitrary: fc.constant("**") },
  );
  const pattern = fc.array(part, { minLength: 1, maxLength: 4 })
    // There a "**" at the end matches the directory too, and one that follows another is read in other ways.
    .filter((parts) => parts.at(-1) !== "**" && !parts.some((part) => part !== "**" && part.includes("**")))
    .map((parts) => parts.join("/"));
  const options = { dot: true, noextglob: true, nonegate: true, strictSlashes: true } as const;
  fc.assert(
    fc.property(pattern, name, (text, name) => {
      // There "?" is half a character beyond the first 65,536, and "." and ".." are no names for "*".
      fc.pre(!/\p{Extended_Pictographic}/u.test(name) && !/(?:^|\/)\.{1,2}(?:\/|$)/.test(name));
      fc.pre(!/(?:^|\/)\.{1,2}(?:\/|$)/.test(text));
      assertEquals(new Glob(`/${text}`).matches(name), picomatch(text, options)(name), `${text} ${name}`);
    }),
    { numRuns: 5_000 },
  );
});

Deno.test("Glob of an escaped name matches that name alone, and of one that ends in a slash what lies below", () => {
  const any = fc.string({ unit: fc.constantFrom(..."ab/*?[]{},!-\\🙀\n\0"), minLength: 1, maxLength: 4 });
  fc.assert(fc.property(any, any, (one, other) => {
    const glob = new Glob([...one].map((character) => `\\${character}`).join(""), true);
    assert(glob.matches(one));
    assertEquals(glob.matches(other), one.endsWith("/") ? other.startsWith(one) : one === other);
  }));
});

Deno.test("Glob accepts any text or says why not", () => {
  const text = fc.string({ unit: fc.constantFrom(..."ab/*?[]{},!-\\.:"), maxLength: 12 });
  fc.assert(fc.property(text, name, (text, name) => {
    try {
      new Glob(text).matches(name);
    } catch (error) {
      assert(error instanceof TypeError && error.message.includes(JSON.stringify(text)), String(error));
    }
  }));
});
