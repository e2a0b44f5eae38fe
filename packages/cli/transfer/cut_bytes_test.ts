import { assertEquals } from "@std/assert";
import { cutBytes } from "./cut_bytes.ts";

Deno.test("cutBytes() gives the range however the bytes come, and reads no further", async () => {
  const bytes = Uint8Array.from({ length: 10 }, (_, i) => i);
  for (const size of [1, 3, 10]) {
    for (
      const [offset, length] of [[0, undefined], [2, 5], [9, 1], [10, 3], [12, undefined], [0, 10]] as const
    ) {
      let read = 0;
      const pieces = async function* () {
        for (let at = 0; at < bytes.length; at += size) {
          read = Math.min(at + size, bytes.length);
          yield bytes.subarray(at, at + size);
        }
      };
      const chunks = await Array.fromAsync(cutBytes(pieces(), offset, length));
      const end = length === undefined ? 10 : Math.min(10, offset + length);
      assertEquals(chunks.flatMap((chunk) => [...chunk]), [...bytes.subarray(offset, end)]);
      if (end < 10 && offset < 10) {
        assertEquals(read, Math.ceil(end / size) * size > 10 ? 10 : Math.ceil(end / size) * size);
      }
    }
  }
});
