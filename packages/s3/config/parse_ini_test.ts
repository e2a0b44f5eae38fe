import { assertEquals, assertThrows } from "@std/assert";
import { parseIni } from "./parse_ini.ts";

const plain = (text: string) =>
  Object.fromEntries([...parseIni(text)].map(([name, section]) => [name, Object.fromEntries(section)]));

Deno.test("parseIni() reads sections, comments and nested settings", () => {
  assertEquals(
    plain(
      [
        "# comment",
        "[default]",
        "region = eu-west-1 ; comment",
        "  ; indented comment",
        "[ profile  dev ]",
        "Region=us-east-2",
        "s3 =",
        "  addressing_style = path",
        "  Endpoint_URL = http://h:1/#x",
        "output = json",
        "colon: x:y = z",
        '[profile "with space"]',
        "a = b = c",
        "[profile dev]",
        "more = yes\r",
      ].join("\n"),
    ),
    {
      default: { region: "eu-west-1" },
      "profile dev": {
        region: "us-east-2",
        s3: "",
        "s3.addressing_style": "path",
        "s3.endpoint_url": "http://h:1/#x",
        output: "json",
        colon: "x:y = z",
        more: "yes",
      },
      "profile with space": { a: "b = c" },
    },
  );
});

Deno.test("parseIni() reads nothing out of nothing", () => {
  assertEquals(plain(""), {});
  assertEquals(plain("[]\n# x\n"), { "": {} });
});

Deno.test("parseIni() reads files of other systems, and commands with what elsewhere begins a comment", () => {
  assertEquals(plain("\ufeff[a]\r\nb = c\r\n"), { a: { b: "c" } });
  assertEquals(plain("[a]\ncredential_process = get 'item #3' ; echo\nregion = x ;y\n"), {
    a: { credential_process: "get 'item #3' ; echo", region: "x" },
  });
});

Deno.test("parseIni() refuses what it would have to pass over, names the line and shows nothing of it", () => {
  const cases: [text: string, said: string][] = [
    ["[a]\n\nregion hush\n", "line 3 is neither a section, a setting nor a comment"],
    ["[a\nb = c", "line 1 is neither"],
    ["[a]\n= hush", "line 2 is neither"],
    ["hush = b\n[a]\n", "line 1 stands before any section"],
    ["[a]\nb = c\nB = hush\n", "line 3 says b again, in other words"],
    ["[a]\ns3 =\n  b = c\n  b = hush\n", "line 4 says b again"],
    ["[a]\nb = c\n[x]\n[a]\nb = hush\n", "line 5 says b again"],
  ];
  for (const [text, said] of cases) {
    const { message } = assertThrows(() => plain(text), SyntaxError, said);
    assertEquals(message.includes("hush"), false);
  }
  assertEquals(plain("[a]\nb = c\n[a]\nb = c\n"), { a: { b: "c" } });
});

Deno.test("parseIni() takes a long line as fast as a short one", () => {
  assertThrows(() => plain(`[a]\nb${" ".repeat(200_000)}c`), SyntaxError, "line 2");
  assertEquals(plain(`[a]\nb${" ".repeat(200_000)}= c`), { a: { b: "c" } });
});
