import { assertEquals, assertRejects, assertStrictEquals, assertStringIncludes } from "@std/assert";
import {
  copyObject,
  createStoreContext,
  MemoryContainer,
  MemoryStore,
  type ObjectStore,
  ServiceError,
} from "@lade/core";
import { type FaultRule, type FaultyStore, injectFaults } from "@lade/testing";
import { noise } from "./noise.ts";
import { openFake, type OpenFakeOptions } from "./open_fake.ts";

const PART = 2000;
const FINAL: OpenFakeOptions = {
  context: { random: () => 0 },
  config: { multipart: { partSize: PART } },
  transport: { retry: { maxAttempts: 2 } },
};
const DATA = noise(5 * PART + 1);

async function source(rules: readonly FaultRule[] = []): Promise<FaultyStore> {
  const store = new MemoryStore({ context: createStoreContext(), container: new MemoryContainer() });
  await store.put("a", DATA);
  return injectFaults(store, rules);
}

const WAYS: Readonly<Record<string, (store: ObjectStore, signal: AbortSignal) => Promise<unknown>>> = {
  "put()": (store, signal) => store.put("object", DATA, { signal }),
  "copyObject()": async (store, signal) =>
    await copyObject(await source(), "a", store, "object", { signal, chunkSize: PART }),
};

for (const [name, run] of Object.entries(WAYS)) {
  Deno.test(`${name} rejects with its signal's reason also where its upload could not be aborted`, async () => {
    await using opened = await openFake(FINAL);
    const { fake, store } = opened;
    const controller = new AbortController();
    const reason = new Error("stop");
    fake.faults.add({
      match: { operation: "UploadPart", nth: 2 },
      action: { kind: "before", run: () => controller.abort(reason) },
    });
    const broken = fake.faults.add({
      match: { operation: "AbortMultipartUpload", times: Infinity },
      action: { kind: "status", status: 503 },
    });
    assertStrictEquals(await run(store, controller.signal).catch((error) => error), reason);
    assertEquals(broken.hits, 2);
  });
}

Deno.test("copyObject() tells of an upload that it could not abort when the source breaks", async () => {
  await using opened = await openFake(FINAL);
  const { fake, store } = opened;
  const broken = new ServiceError({ operation: "get", uri: "memory://a", detail: "it is broken" });
  const from = await source([{ operation: "get", nth: 3, fault: { kind: "throw", error: broken } }]);
  fake.faults.add({
    match: { operation: "AbortMultipartUpload", times: Infinity },
    action: { kind: "status", status: 503 },
  });
  const copying = copyObject(from, "a", store, "object", { chunkSize: PART });
  const error = await assertRejects(() => copying, ServiceError);
  assertStringIncludes(error.message, "it is broken; also, upload");
});
