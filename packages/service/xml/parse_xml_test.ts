import { assertEquals, assertThrows } from "@std/assert";
import { childText, parseXml } from "./parse_xml.ts";

Deno.test("parseXml() reads an error as a service writes it", () => {
  const root = parseXml(
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>a &lt;b&gt; &amp; &#x1F995;&#10;</Message>' +
      "<Key/></Error>\n",
  );
  assertEquals(root.name, "Error");
  assertEquals(childText(root, "Code"), "NoSuchKey");
  assertEquals(childText(root, "Message"), "a <b> & 🦕\n");
  assertEquals(childText(root, "Key"), "");
  assertEquals(childText(root, "Region"), undefined);
});

Deno.test("parseXml() drops namespaces and comments, and keeps CDATA as it stands", () => {
  const root = parseXml(
    '<!-- c --><s3:A xmlns:s3="http://x/>" b=\'"\'><!-- < --><s3:B>1</s3:B><B><![CDATA[<&amp;]]>2</B></s3:A>',
  );
  assertEquals(root, {
    name: "A",
    attributes: { "xmlns:s3": "http://x/>", b: '"' },
    text: "",
    children: [{ name: "B", text: "1", children: [] }, { name: "B", text: "<&amp;2", children: [] }],
  });
});

Deno.test("parseXml() keeps attributes, also of an element that is empty", () => {
  const root = parseXml("<A a = '&lt;1' b=\"2'\"><B c='3'/><C\n d='>'>x</C></A>");
  assertEquals(root.attributes, { a: "<1", b: "2'" });
  assertEquals(root.children.map(({ attributes, text }) => [attributes, text]), [[{ c: "3" }, ""], [
    { d: ">" },
    "x",
  ]]);
  assertThrows(() => parseXml("<A a='&no;'/>"), SyntaxError);
});

Deno.test("parseXml() reads white space inside an element as text", () => {
  assertEquals(parseXml("<A> a\n</A>").text, " a\n");
});

Deno.test("parseXml() reads an element of text alone as any other", () => {
  const of = (inner: string) => parseXml(`<A>${inner}<C>3</C></A>`);
  const expected = of("<B>1 &#34;2&#34;</B><!-- -->");
  assertEquals(expected.children.map(({ name, text }) => `${name}: ${text}`), ['B: 1 "2"', "C: 3"]);
  for (
    const inner of ["<B>1 &quot;2&#x22;</B >", "<n:B>1 &#34;2&#34;</n:B>", "<B>1 <!-- -->&#34;2&#34;</B\n>"]
  ) {
    assertEquals(of(inner), expected, inner);
  }
  for (const inner of ["<B>1</b>", "<n:B>1</B>", "<B>1</B", "<B>1</BB>", "<B>&no;</B>"]) {
    assertThrows(() => of(inner), SyntaxError, "", inner);
  }
});

const BAD: readonly string[] = [
  "",
  "text",
  "<A>",
  "<A><B></A>",
  "<A></A",
  "<A></A><B></B>",
  "<A></A>x",
  "</A>",
  '<!DOCTYPE x [<!ENTITY a "b">]><A>&a;</A>',
  "<A>&a;</A>",
  "<A>&#xD800;</A>",
  "<A>&#x110000;</A>",
  "<A>a & b</A>",
  "<A b='></A>",
  "<1></1>",
  "<![CDATA[x]]>",
  "<A><!-- </A>",
  "<A>".repeat(33) + "</A>".repeat(33),
];

for (const source of BAD) {
  Deno.test(`parseXml() refuses ${JSON.stringify(source.slice(0, 40))}`, () => {
    assertThrows(() => parseXml(source), SyntaxError);
  });
}

Deno.test("parseXml() takes no prefix of a document for the whole", () => {
  const whole = "<A><B>1</B><C>&lt;</C></A>";
  for (let end = 0; end < whole.length; end++) assertThrows(() => parseXml(whole.slice(0, end)), SyntaxError);
});
