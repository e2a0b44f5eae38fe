import { assertEquals, assertRejects } from "@std/assert";
import { MemoryStore } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";
import { BytesSource } from "../source/bytes_source.ts";
import { openParquet } from "./parquet_reader.ts";
import { verifyParquet } from "./verify_parquet.ts";

// pyarrow 26: a: int8 [1, 2], encrypted by a key of its own; b: int8 [3, 4], whose page has a CRC-32; a footer that is signed.
const ENCRYPTED =
  "UEFSMTUAAABYsq9NSxfE58e9V6w015/Hs3IbzUgleagJ7WdY7BJlfvZJAsaxfU5Phw21chdvZWwSVp5m9CoAAADwg6MbECWHzvQ9CkAq" +
  "B/WEXVv741OM2GgkvUj8l47DLX04VajZsTFIquoVABUcFRwVzufE+gUcFQQVABUGFQYcAAAAAgAAAAQBAwAAAAQAAAAVBBk8NQAYBnNj" +
  "aGVtYRUEABUCJQIYAWElHkysEwgRAAAAFQIlAhgBYiUeTKwTCBEAAAAWBBkcGSwmABwVAhklBgAZGAFhFQAWBBaOARbOASYIfCkGGSYA" +
  "BAAAXCwZGAFhGJcBeyJrZXlNYXRlcmlhbFR5cGUiOiJQS01UMSIsImludGVybmFsU3RvcmFnZSI6dHJ1ZSwiaXNGb290ZXJLZXkiOmZh" +
  "bHNlLCJtYXN0ZXJLZXlJRCI6ImMiLCJ3cmFwcGVkREVLIjoiUFBzUEJHRDVwR2graHNIUmQxc1NWZz09IiwiZG91YmxlV3JhcHBpbmci" +
  "OmZhbHNlfQAAGEhEAAAAT2YiVBDD3pik/Ovl1WwlrP1hxLBJXSZftcd+BAGL1sr9Uqybs9i/VnfToOvD2Iw2iYiim2Bk2kHByg1QBqQE" +
  "LDh+7aMAJgAcFQIZJQYAGRgBYhUAFgQWThZOJtYBSRwVABUAFQIAPCkGGSYABAAAABbcARYEJggWnAIUAAAoIHBhcnF1ZXQtY3BwLWFy" +
  "cm93IHZlcnNpb24gMjYuMC4xGSwcAAAcAAAcHCgItQrp2vtVG20SAAAYywF7ImtleU1hdGVyaWFsVHlwZSI6IlBLTVQxIiwiaW50ZXJu" +
  "YWxTdG9yYWdlIjp0cnVlLCJpc0Zvb3RlcktleSI6dHJ1ZSwia21zSW5zdGFuY2VJRCI6IkRFRkFVTFQiLCJrbXNJbnN0YW5jZVVSTCI6" +
  "IkRFRkFVTFQiLCJtYXN0ZXJLZXlJRCI6ImYiLCJ3cmFwcGVkREVLIjoiR2F0R1lEWFhsTHZjbC9zK1J5ZVFUZz09IiwiZG91YmxlV3Jh" +
  "cHBpbmciOmZhbHNlfQC5DyF2hI8lbEwd3Sb3oIFBceBb5MmqWxX1U5AopAIAAFBBUjE=";

Deno.test("parquet: of a file with an encrypted column the others are read, and compared", async () => {
  const bytes = Uint8Array.fromBase64(ENCRYPTED);
  await using store = new MemoryStore();
  await store.put("k", bytes);
  await using table = await openParquet(store, "k");
  assertEquals(table.schema.fields.map(({ name }) => name), ["a", "b"]);
  await assertRejects(() => Array.fromAsync(table.scan()), UnsupportedError, 'column "a" is encrypted');
  const [batch] = await Array.fromAsync(table.scan({ columns: ["b"] }));
  assertEquals(batch?.columns.map(({ values }) => values), [Int8Array.of(3, 4)]);
  const { checked, faults } = await verifyParquet(new BytesSource(bytes, "memory://k"));
  assertEquals([checked, faults], [{ "CRC-32 of a page": 1 }, []]);
});
