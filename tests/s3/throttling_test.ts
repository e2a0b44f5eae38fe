import { assert, assertEquals } from "@std/assert";
import { getBytes } from "@lade/core";
import { noise } from "./noise.ts";
import { openFake } from "./open_fake.ts";

Deno.test("uploads lower the number of parts on their way when the service throttles", async () => {
  await using opened = await openFake({
    config: { multipart: { partSize: 1000 } },
    transport: { retry: { baseDelayMs: 5, maxDelayMs: 20 } },
  });
  const { fake, store } = opened;
  const data = noise(40_000);
  let [last, fell] = [store.limits.write.current, 0];
  fake.faults.add({
    match: { operation: "UploadPart", times: Infinity },
    action: {
      kind: "before",
      run() {
        const { current } = store.limits.write;
        if (current < last) fell++;
        last = current;
      },
    },
  });
  const storm = fake.faults.add({
    match: { operation: "UploadPart", probability: 0.5 },
    action: { kind: "status", status: 503 },
  });
  await store.put("object", data);
  assertEquals(fake.bytes("bucket", "object"), data);
  assert(storm.hits > 0, "nothing was throttled");
  assert(fell > 0, store.limits.write.explain());
});

Deno.test("reads lower the number of chunks in flight when the service throttles, though every retry succeeds", async () => {
  await using opened = await openFake({ transport: { retry: { baseDelayMs: 5, maxDelayMs: 20 } } });
  const { fake, store } = opened;
  const data = noise(60_000);
  await store.put("object", data);
  const limit = store.limits.read;
  let [last, fell] = [limit.current, 0];
  fake.faults.add({
    match: { operation: "GetObject", times: Infinity },
    action: {
      kind: "before",
      run() {
        if (limit.current < last) fell++;
        last = limit.current;
      },
    },
  });
  const storm = fake.faults.add({
    match: { operation: "GetObject", probability: 0.5 },
    action: { kind: "status", status: 503 },
  });
  const { bytes } = await getBytes(store, "object", { chunkSize: 1000 });
  assertEquals(bytes, data);
  assert(storm.hits > 0, "nothing was throttled");
  assert(fell > 0, limit.explain());
});
