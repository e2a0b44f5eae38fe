import { assertEquals } from "@std/assert";
import { crc32c } from "@lade/codec/checksum";
import { formatStoredCrc, readStoredCrc } from "./stored_crc.ts";

const WRITER = "0123456789abcdef0123456789abcdef";

Deno.test("a stored checksum is read of a blob of its size alone", () => {
  const value = formatStoredCrc(crc32c(new TextEncoder().encode("123456789")), 9, WRITER);
  assertEquals(value, `4waSgw==.9.${WRITER}`);
  assertEquals(readStoredCrc(value, 9), "4waSgw==");
  assertEquals(readStoredCrc(value, 8), undefined);
});

Deno.test("metadata in any other form is no stored checksum", () => {
  const values = [
    undefined,
    "",
    "4waSgw==",
    "4waSgw==.9",
    `4waSgw.9.${WRITER}`,
    `4waSgw==.9.${WRITER} `,
    `4waSgw==.x.${WRITER}`,
  ];
  for (const value of values) assertEquals(readStoredCrc(value, 9), undefined);
});
