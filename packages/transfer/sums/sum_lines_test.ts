import { assertEquals } from "@std/assert";
import { algorithmOf, formatSumLine, parseSumLine } from "./sum_lines.ts";

const MD5 = "5d41402abc4b2a76b9719d911017c592";

Deno.test("formatSumLine() and parseSumLine() agree on every name", () => {
  for (const name of ["a", "a b", " a", "*a", "a\\b", "a\nb", "a\r\n\\n", "\\", "ä🙀", "(x) = y", "a\tb"]) {
    const line = formatSumLine({ digits: MD5, name }, true);
    assertEquals(line.includes("\n"), false);
    assertEquals(parseSumLine(line), { digits: MD5, name }, JSON.stringify(line));
  }
  assertEquals(formatSumLine({ digits: MD5, name: "a\\b\n" }, true), `\\${MD5}  a\\\\b\\n`);
  assertEquals(formatSumLine({ digits: MD5, name: "a\\b\n" }, false), `${MD5}  a\\b\n`);
});

Deno.test("parseSumLine() reads what other programs write", () => {
  assertEquals(parseSumLine(`${MD5} *a`), { digits: MD5, name: "a" });
  assertEquals(parseSumLine(`${MD5.toUpperCase()}  a`), { digits: MD5, name: "a" });
  // rclone escapes nothing.
  assertEquals(parseSumLine(`${MD5}  a\\nb`), { digits: MD5, name: "a\\nb" });
  assertEquals(parseSumLine(`MD5 (a) b) = ${MD5}`), { digits: MD5, name: "a) b", algorithm: "md5" });
  assertEquals(parseSumLine(`\\MD5 (a\\n) = ${MD5}`), { digits: MD5, name: "a\n", algorithm: "md5" });
});

Deno.test("parseSumLine() reads nothing else", () => {
  const lines = ["", MD5, `${MD5} a`, `${MD5}  `, `${MD5}0  a`, `${MD5.slice(1)}  a`, `SHA1 (a) = ${MD5}`];
  for (
    const line of [
      ...lines,
      `X (a) = ${MD5}`,
      `\\${MD5}  a\\x`,
      `\\${MD5}  a\\`,
      `g${MD5.slice(1)}  a`,
      "# a",
    ]
  ) {
    assertEquals(parseSumLine(line), undefined, JSON.stringify(line));
  }
});

Deno.test("algorithmOf() finds the kind where the number of digits tells it", () => {
  const found = [8, 16, 32, 40, 64, 128, 7].map((count) => algorithmOf("0".repeat(count)));
  assertEquals(found, [undefined, "crc64nvme", "md5", "sha1", "sha256", "sha512", undefined]);
});
