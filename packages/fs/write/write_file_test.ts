import { assertEquals, assertStrictEquals } from "@std/assert";
import type { WritableFile } from "../files/medium.ts";
import { append } from "./write_file.ts";

const STEP = 2 ** 26;

Deno.test("append() looks at its signal after every 64 MiB", async () => {
  const reason = new Error("enough");
  for (const stopAfter of [0, 1, 2, 3]) {
    const stop = new AbortController();
    const lengths: number[] = [];
    if (stopAfter === 0) stop.abort(reason);
    const file = {
      async append(chunk: Uint8Array) {
        lengths.push(chunk.length);
        if (lengths.length === stopAfter) stop.abort(reason);
      },
    } as WritableFile;
    const data = new Uint8Array(2 * STEP + 5);
    const error = await append(file, data, stop.signal).then(() => undefined, (error) => error);
    assertStrictEquals(error, stopAfter < 3 ? reason : undefined);
    assertEquals(lengths, [STEP, STEP, 5].slice(0, stopAfter));
  }
});
