import { assert, assertEquals } from "@std/assert";
import { crc32cOfPosted, crc32cToPost } from "./checksum_elsewhere.ts";
import { crc32cPlain } from "./crc32c_plain.ts";

Deno.test("crc32cOfPosted() computes in another thread, from its text, what crc32c() computes", async () => {
  const source = `
    let checksumOf;
    onmessage = ({ data }) => {
      if (data instanceof Uint8Array) postMessage(checksumOf(data));
      else checksumOf = (${crc32cOfPosted})(data);
    };`;
  const worker = new Worker(`data:text/javascript,${encodeURIComponent(source)}`, { type: "module" });
  try {
    worker.postMessage(crc32cToPost());
    const bytes = Uint8Array.from({ length: 700_000 }, (_, index) => index * 7 + (index >> 8));
    for (const length of [0, 1, 9, 800, 150_000, 262_144, 262_145, 700_000]) {
      const answer = new Promise((resolve) => worker.onmessage = ({ data }) => resolve(data));
      worker.postMessage(bytes.subarray(0, length));
      assertEquals(await answer, crc32cPlain(bytes.subarray(0, length)), `${length} bytes`);
    }
  } finally {
    worker.terminate();
  }
});

Deno.test("crc32cToPost() gives what can be cloned, and leaves the kernel here as it is", () => {
  const kernel = crc32cToPost();
  assert(kernel);
  const checksumOf = crc32cOfPosted(kernel);
  const bytes = new Uint8Array(100_000).fill(3);
  assertEquals(checksumOf(bytes), crc32cPlain(bytes));
  assertEquals(checksumOf(bytes), crc32cPlain(bytes), "a call leaves nothing for the next");
});
