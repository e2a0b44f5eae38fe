import { assertEquals, assertThrows } from "@std/assert";
import { ByteReader } from "../binary/byte_reader.ts";
import { FormatError } from "../errors/format_error.ts";
import { zip64Extra } from "./zip_directory.ts";

const extra = (...bytes: readonly number[]) =>
  zip64Extra(new ByteReader(Uint8Array.from(bytes), { operation: "read npz", uri: "memory://a.npz" }));

Deno.test("zip64Extra(): the extra field of zip64 among others, once, and within its bytes", () => {
  const field = [1, 0, 8, 0, 7, 0, 0, 0, 0, 0, 0, 0];
  const other = [9, 9, 2, 0, 5, 5];
  assertEquals(extra(), undefined);
  assertEquals(extra(...other), undefined);
  assertEquals(extra(...other, ...field, ...other)?.u64("a size"), 7);
  assertThrows(() => extra(...field, ...field), FormatError, "the extra field of zip64 twice");
  assertThrows(() => extra(...field.slice(0, -1)), FormatError, "an extra field");
  assertThrows(() => extra(1, 0, 8), FormatError, "an extra field");
});
