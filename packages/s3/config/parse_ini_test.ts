import { assertEquals } from "@std/assert";
import { parseIni } from "./parse_ini.ts";

const plain = (text: string) =>
  Object.fromEntries([...parseIni(text)].map(([name, section]) => [name, Object.fromEntries(section)]));

Deno.test("parseIni() reads sections, comments and nested settings", () => {
  assertEquals(
    plain(
      [
        "ignored = before any section",
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
        "no setting",
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
        more: "yes",
      },
      "profile with space": { a: "b = c" },
    },
  );
});

Deno.test("parseIni() reads nothing out of nothing", () => {
  assertEquals(plain(""), {});
  assertEquals(plain("[]\n= x\n"), { "": {} });
});
