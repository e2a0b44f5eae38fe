import { assertEquals, assertFalse, assertStringIncludes, assertThrows } from "@std/assert";
import {
  foreignToken,
  formatToken,
  formatUploadName,
  parseToken,
  parseUploadName,
  partLength,
  type WriteToken,
} from "./write_token.ts";

const TOKEN: WriteToken = {
  uri: "s3://bucket/a key",
  id: "upload-1",
  size: 20,
  partSize: 8,
  options: { ifNoneMatch: "*", ifIgnored: "look", lastModified: new Date(1234) },
  own: { checksum: "crc32c" },
};
const USE = { operation: "resume the write of", uri: "s3://bucket/a key" };

Deno.test("a writer's token tells all that it was made of", () => {
  assertEquals(parseToken(formatToken(TOKEN), 20, USE), TOKEN);
  const bare = { ...TOKEN, options: { ifMatch: "etag" }, own: {} };
  assertEquals(parseToken(formatToken(bare), 20, USE), bare);
  assertEquals(parseUploadName(formatToken(TOKEN), USE), { uri: TOKEN.uri, id: TOKEN.id });
});

Deno.test("a listing's token names an upload and resumes none", () => {
  const token = formatUploadName(TOKEN);
  assertEquals(parseUploadName(token, USE), { uri: TOKEN.uri, id: TOKEN.id });
  assertStringIncludes(refusal(token), "the token is of a listing");
  assertFalse(token.includes("size"));
});

Deno.test("a token of another object, size or format is a TypeError that says so", () => {
  const other = formatToken({ ...TOKEN, uri: "s3://bucket/b" });
  assertEquals(
    refusal(other),
    'Cannot resume the write of "s3://bucket/a key": the token is of "s3://bucket/b"',
  );
  assertStringIncludes(refusal(formatToken(TOKEN), 21), "an object of 20 bytes, not of 21");
  assertStringIncludes(
    refusal(JSON.stringify({ ...JSON.parse(formatToken(TOKEN)), lade: 2 })),
    "the format 2",
  );
});

Deno.test("a token with any member wrong is a TypeError", () => {
  const right = JSON.parse(formatToken(TOKEN));
  const wrong: unknown[] = [
    "x",
    null,
    [],
    {},
    { ...right, lade: undefined },
    { ...right, uri: 1 },
    { ...right, id: "" },
    { ...right, id: undefined },
    { ...right, size: "20" },
    { ...right, size: -1 },
    { ...right, partSize: 0 },
    { ...right, partSize: 1.5 },
    { ...right, partSize: undefined },
    { ...right, ifMatch: 1 },
    { ...right, ifNoneMatch: "etag" },
    { ...right, ifIgnored: "never" },
    { ...right, lastModified: "now" },
    { ...right, lastModified: 1e300 },
    { ...right, own: [] },
    { ...right, own: { checksum: 1 } },
    { ...right, own: { checksum: "x".repeat(2 ** 16) } },
  ];
  const texts = ["", "{", "x".repeat(2 ** 17), ...wrong.map((members) => JSON.stringify(members))];
  for (const text of texts) assertStringIncludes(refusal(text), "the token is not one", text.slice(0, 100));
});

function refusal(token: string, size = 20): string {
  return assertThrows(() => parseToken(token, size, USE), TypeError).message;
}

Deno.test("partLength() tells how long a part is, and which parts an object does not have", () => {
  assertEquals([0, 1, 2, 3, -1, 0.5, NaN].map((index) => partLength(index, TOKEN)), [
    ...[8, 8, 4],
    ...[undefined, undefined, undefined, undefined],
  ]);
  assertEquals(partLength(0, { size: 0, partSize: 8 }), undefined);
});

Deno.test("foreignToken() names what a token was read for", () => {
  const { message } = foreignToken(USE);
  assertEquals(
    message,
    'Cannot resume the write of "s3://bucket/a key": the token is not one of this service',
  );
});
