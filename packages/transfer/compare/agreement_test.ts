import type { Checksums } from "@lade/core";
import { assertEquals } from "@std/assert";
import { agreementOf, type KnownSums } from "./agreement.ts";

function known(checksums: Checksums, remembered?: Checksums): KnownSums {
  return { meta: { key: "a", size: 5, lastModified: new Date(0), checksums }, remembered };
}

Deno.test("agreementOf() tells of what both stores have before what is remembered, and of what does not fit first", () => {
  const [crc32c, md5] = ["mnG7TA==", "XUFAKrxLKna5cZ2REBfFkg=="];
  const verdict = (...sides: Parameters<typeof agreementOf>) => {
    const { same, by } = agreementOf(...sides) ?? {};
    return [same, by];
  };
  const [here, there] = [known({ crc32c }, { md5 }), known({ crc32c, md5 })];
  assertEquals([verdict(here, there), verdict(there, here)], Array(2).fill([true, "checksum"]));
  assertEquals(verdict(known({}, { md5 }), there), [true, "remembered"]);
  const other = known({ crc32c, md5: "eV86jC1GDTFXrkBSvxvXNg==" });
  assertEquals([verdict(here, other), verdict(other, here)], Array(2).fill([false, "remembered"]));
});
