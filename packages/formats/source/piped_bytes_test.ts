import { assertEquals, assertRejects } from "@std/assert";
import { PipedBytes } from "./piped_bytes.ts";

const PIECES = ["ab", "", "c", "defg", "h"];

/** Pieces in one memory that is used again, as of a file that is read. */
async function* pieces(fails = false): AsyncGenerator<Uint8Array> {
  const memory = new Uint8Array(8);
  for (const text of PIECES) {
    const { written } = new TextEncoder().encodeInto(text, memory);
    yield await Promise.resolve(memory.subarray(0, written));
  }
  if (fails) throw new RangeError("the pipe broke");
}

async function all(stream: AsyncIterable<Uint8Array>, most = Infinity): Promise<string> {
  let text = "";
  for await (const piece of stream) {
    text += new TextDecoder().decode(piece);
    if (text.length >= most) break;
  }
  return text;
}

Deno.test("PipedBytes: bytes that come once are looked at, and streamed again until they are forgotten", async () => {
  const bytes = new PipedBytes(pieces(), "pipe");
  assertEquals(new TextDecoder().decode(await bytes.start(3)), "abc");
  assertEquals(await all(bytes.stream(), 4), "abcdefg");
  assertEquals(await all(bytes.stream(), 1), "ab");
  assertEquals((await bytes.start(100)).length, 8);
  bytes.forget();
  assertEquals(await all(bytes.stream()), "abcdefgh");
  await assertRejects(() => all(bytes.stream()), TypeError, "from its start again");
});

Deno.test("PipedBytes: a failure is never an end, however often it is asked for", async () => {
  const bytes = new PipedBytes(pieces(true), "pipe");
  for (let time = 0; time < 2; time++) {
    await assertRejects(() => all(bytes.stream()), RangeError, "the pipe broke");
  }
  const none = new PipedBytes((async function* () {})(), "pipe");
  assertEquals([(await none.start(4)).length, await all(none.stream())], [0, ""]);
});
