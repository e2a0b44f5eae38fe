import { assertEquals } from "@std/assert";
import { openFake } from "./open_fake.ts";

Deno.test("S3Store.createWriter() sends no part below its size but the last, whatever the threshold is", async () => {
  for (const threshold of [100, 999, 1000, 1001, 1600, 2000, 3500]) {
    await using opened = await openFake({
      server: { minPartSize: 1000 },
      config: { multipart: { threshold, partSize: 1000 } },
    });
    const { fake, store } = opened;
    for (const size of [threshold, threshold + 1, 4001]) {
      const data = crypto.getRandomValues(new Uint8Array(size));
      await using writer = await store.createWriter("object");
      for (let at = 0; at < size; at += 300) await writer.write(data.subarray(at, at + 300));
      await writer.close();
      assertEquals(fake.bytes("bucket", "object"), data, `threshold ${threshold}`);
    }
    const parts = fake.requests.filter(({ operation }) => operation === "UploadPart");
    assertEquals(parts.filter(({ status }) => status !== 200), []);
  }
});
