import { assertRejects } from "@std/assert";
import { UnavailableError } from "@lade/core";
import { openFake } from "./open_fake.ts";

const BYTES = new TextEncoder().encode("content");
const QUICK = { context: { random: () => 0 } } as const;

for (const status of [502, 504]) {
  Deno.test(`a create-only put that a gateway answers with ${status} is never told as an object of somebody else`, async () => {
    await using opened = await openFake(QUICK);
    const { fake, store } = opened;
    fake.faults.add({
      match: { operation: "PutObject" },
      action: [
        { kind: "before", run: () => void fake.putObject("bucket", "key", BYTES) },
        { kind: "status", status, afterBody: true },
      ],
    });
    await assertRejects(() => store.put("key", BYTES, { ifNoneMatch: "*" }), UnavailableError);
  });
}
