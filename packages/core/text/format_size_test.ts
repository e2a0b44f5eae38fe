import { assertEquals } from "@std/assert";
import { formatSize } from "./format_size.ts";

Deno.test("formatSize() writes three digits and the unit", () => {
  const table: [number, string][] = [
    [0, "0 B"],
    [1, "1 B"],
    [1023, "1023 B"],
    [1024, "1.00 KiB"],
    [1536, "1.50 KiB"],
    [10 * 1024, "10.0 KiB"],
    [100 * 1024, "100 KiB"],
    [1023.9 * 1024, "1.00 MiB"],
    [2 ** 20 - 1, "1.00 MiB"],
    [8 * 2 ** 20, "8.00 MiB"],
    [9.996 * 2 ** 20, "10.0 MiB"],
    [99.96 * 2 ** 30, "100 GiB"],
    [Number.MAX_SAFE_INTEGER, "8.00 PiB"],
  ];
  for (const [bytes, text] of table) assertEquals(formatSize(bytes), text);
});
