import { NotFoundError, UnavailableError } from "@lade/core";
import { assertEquals } from "@std/assert";
import { isRenamed } from "./is_renamed.ts";

const CALL = { operation: "head", uri: "mem://box/a", detail: "none" };
const gone = () => Promise.reject(new NotFoundError(CALL));
const lost = () => Promise.reject(new UnavailableError(CALL));
const having = (size: number, crc32c: string) => () => Promise.resolve({ size, checksums: { crc32c } });
const source = { size: 5, checksums: { crc32c: "AAAAAA==" } };

const STATES = {
  "the object is where it was to go": [gone, having(5, "AAAAAA=="), true],
  "the object is still where it was": [having(5, "AAAAAA=="), having(5, "AAAAAA=="), false],
  "it is nowhere": [gone, gone, false],
  "another object is there": [gone, having(5, "AAAAAQ=="), false],
  "a longer one is there": [gone, having(6, "AAAAAA=="), false],
  "what was is not known": [lost, having(5, "AAAAAA=="), false],
  "what is there is not known": [gone, lost, false],
} as const;

for (const [what, [from, to, renamed]] of Object.entries(STATES)) {
  Deno.test(`isRenamed() says ${renamed} where ${what}`, async () => {
    assertEquals(await isRenamed({ source, from, to }), renamed);
  });
}
