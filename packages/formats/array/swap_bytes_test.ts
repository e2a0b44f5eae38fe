import { assertEquals } from "@std/assert";
import { swapBytes } from "./swap_bytes.ts";

for (const width of [2, 4, 8] as const) {
  Deno.test(`swapBytes() turns ${width} bytes each, wherever they begin, and no others`, () => {
    for (let offset = 0; offset < 8; offset++) {
      const memory = Uint8Array.from({ length: 64 }, (_, index) => index + 100);
      swapBytes(memory.subarray(offset, offset + 5 * width), width);
      const expected = Uint8Array.from({ length: 64 }, (_, index) => {
        const at = index - offset;
        if (at < 0 || at >= 5 * width) return index + 100;
        return offset + at - at % width + (width - 1 - at % width) + 100;
      });
      assertEquals(memory, expected, `from ${offset}`);
    }
  });
}
