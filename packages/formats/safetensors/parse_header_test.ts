import { assertEquals, assertThrows } from "@std/assert";
import { FormatError } from "../errors/format_error.ts";
import { parseHeader, type SafetensorsHeader } from "./parse_header.ts";

const W = '"w":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}';

function parse(json: string | Uint8Array, dataLength = 2): SafetensorsHeader {
  const bytes = typeof json === "string" ? new TextEncoder().encode(json) : json;
  return parseHeader(bytes, "memory://s/m.safetensors", 8 + bytes.length + dataLength);
}

Deno.test("parseHeader: fields and tensors in any order, spaces between and behind", () => {
  const header = parse(
    '{"b" :\t{"data_offsets":[3,5],"shape":[1,2],"dtype":"BOOL"},\n "e":{"dtype":"F64","shape":[0,7],"data_offsets":[3,3]},' +
      '"a":{"dtype":"F4","shape":[3,2],"data_offsets":[0,3]},"__metadata__":{"x":"y","__proto__":"z"}} \r\n ',
    5,
  );
  assertEquals(header.tensors.map(({ name, dtype, shape, length }) => [name, dtype, shape, length]), [
    ["a", "float4_e2m1", [3, 2], 3],
    ["e", "float64", [0, 7], 0],
    ["b", "bool", [1, 2], 2],
  ]);
  assertEquals(Object.entries(header.metadata), [["x", "y"], ["__proto__", "z"]]);
});

Deno.test("parseHeader: no tensors, no metadata", () => {
  assertEquals(parse("{}", 0), { tensors: [], metadata: {}, dataOffset: 10 });
  assertEquals(parse('{"__metadata__":null}', 0).metadata, {});
});

const HOLES: readonly (readonly [what: string, json: string, dataLength: number, message: string])[] = [
  ["another first byte", ` {${W}}`, 2, "does not begin with {"],
  ["no JSON", "{", 2, 'a " is needed'],
  ["a comma at the end", `{${W},}`, 2, 'a " is needed'],
  ["a cut string", '{"w', 2, "has no end"],
  ["more behind", `{${W}}{}`, 2, "more follows"],
  ["zeros behind", `{${W}}\0`, 2, "more follows"],
  ["a name twice", `{${W},${W}}`, 2, '"w" stands twice in the header'],
  ["a name twice, once escaped", `{${W},${W.replace("w", "\\u0077")}}`, 2, '"w" stands twice'],
  [
    "a field twice",
    '{"w":{"dtype":"U8","dtype":"I8","shape":[2],"data_offsets":[0,2]}}',
    2,
    "stands twice in tensor",
  ],
  ["metadata twice", `{"__metadata__":{},"__metadata__":{},${W}}`, 2, "stands twice in the header"],
  ["metadata that is no text", `{"__metadata__":{"a":1},${W}}`, 2, 'the metadata "a"'],
  ["metadata within metadata", `{"__metadata__":{"a":{}},${W}}`, 2, 'the metadata "a"'],
  ["metadata that is a list", `{"__metadata__":[],${W}}`, 2, "a { is needed"],
  ["another field", '{"w":{"dtype":"U8","shape":[2],"data_offsets":[0,2],"x":1}}', 2, 'a field "x"'],
  ["a field less", '{"w":{"dtype":"U8","data_offsets":[0,2]}}', 2, "lacks its dtype, shape"],
  ["an unknown dtype", `{${W.replace("U8", "V8")}}`, 2, "no dtype of the format"],
  ["a dtype of the prototype", `{${W.replace("U8", "toString")}}`, 2, "no dtype of the format"],
  ["a fraction", `{${W.replace("[2]", "[2.0]")}}`, 2, "no whole number"],
  ["an exponent", `{${W.replace("[2]", "[2e0]")}}`, 2, "no whole number"],
  ["a negative dimension", `{${W.replace("[2]", "[-2]")}}`, 2, "no whole number"],
  ["a leading zero", `{${W.replace("[2]", "[02]")}}`, 2, "no whole number"],
  ["a huge dimension", `{${W.replace("[2]", "[18446744073709551614]")}}`, 2, "no whole number"],
  ["an overflow", `{${W.replace("[2]", "[9007199254740991,9007199254740991]")}}`, 2, "takes no number"],
  ["too many dimensions", `{${W.replace("[2]", `[2${",1".repeat(64)}]`)}}`, 2, "more than 64"],
  ["one offset", `{${W.replace("[0,2]", "[2]")}}`, 2, "data_offsets [2]"],
  ["three offsets", `{${W.replace("[0,2]", "[0,2,4]")}}`, 2, "data_offsets [0,2,4]"],
  ["an end before its begin", `{${W.replace("[0,2]", "[2,0]")}}`, 2, "data_offsets [2,0]"],
  ["another size", `{${W.replace("[2]", "[3]")}}`, 2, "has 2 bytes, and U8 of shape [3] takes 3"],
  ["half a byte", '{"w":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}', 2, "takes no number"],
  ["a hole before", `{${W.replace("[0,2]", "[1,3]")}}`, 3, "nothing is said of those"],
  [
    "a hole between",
    `{${W},"x":{"dtype":"U8","shape":[1],"data_offsets":[3,4]}}`,
    4,
    "nothing is said of those",
  ],
  ["an overlap", `{${W},"x":{"dtype":"U8","shape":[2],"data_offsets":[1,3]}}`, 3, "are another's"],
  ["the same bytes", `{${W},"x":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}`, 2, "are another's"],
  ["bytes behind", `{${W}}`, 3, "and it has"],
  ["bytes that lack", `{${W}}`, 1, "and it has"],
  ["half a character", `{${W.replace("w", "\\ud800")}}`, 2, "not valid Unicode"],
  ["a bad escape", `{${W.replace("w", "\\x")}}`, 2, "an escape that JSON has not"],
  ["a line end in a name", `{${W.replace("w", "\n")}}`, 2, "has no end"],
];

for (const [what, json, dataLength, message] of HOLES) {
  Deno.test(`parseHeader: ${what} is a FormatError`, () => {
    const error = assertThrows(() => parse(json, dataLength), FormatError, message);
    assertEquals([error.operation, error.offset], ["read safetensors", 8]);
  });
}

Deno.test("parseHeader: what is no UTF-8 is a FormatError", () => {
  const bytes = new TextEncoder().encode(`{${W}}`);
  bytes[2] = 0xff;
  assertThrows(() => parse(bytes), FormatError, "not valid UTF-8");
  const marked = new TextEncoder().encode(`\ufeff{${W}}`);
  assertThrows(() => parse(marked), FormatError, "does not begin with {");
});
