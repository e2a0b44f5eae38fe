import { assertEquals } from "@std/assert";
import { getBytes } from "@lade/core/operations";
import { createTransport } from "@lade/service/http";
import { openS3Store } from "@lade/s3";
import { startFakeS3 } from "../fakes/s3/mod.ts";
import { bare, fakeConfig } from "./open_fake.ts";

Deno.test("an s3:// store has connections opened for a large object before they are needed, and none for a small one", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"], latencyMs: 20 });
  fake.putSynthetic("bucket", "small", { size: 1_000 });
  fake.putSynthetic("bucket", "large", { size: 128 * 2 ** 20 });
  const origin = new URL(fake.url).origin;
  const told: (readonly [string, number])[] = [];
  const transport = (given: Parameters<typeof createTransport>[0]) => {
    const made = createTransport(given);
    const { openAhead } = made;
    made.openAhead = (url, connections) => {
      told.push([new URL(url).origin, connections]);
      openAhead?.call(made, url, connections);
    };
    return made;
  };
  await using store = await openS3Store("bucket", {
    config: fakeConfig(fake),
    surroundings: { ...bare, transport },
  });
  await getBytes(store, "small");
  assertEquals(told, []);
  await getBytes(store, "large");
  assertEquals(told.slice(0, 2), [[origin, 8], [origin, 16]]);
});
