import { assert, assertStrictEquals } from "@std/assert";
import { providerConformance } from "@lade/testing/conformance";
import { createTransport, type CreateTransportOptions } from "@lade/service/http";
import { s3Provider } from "@lade/s3";
import { startFakeS3 } from "../fakes/s3/mod.ts";
import { bare, fakeConfig } from "./open_fake.ts";

providerConformance(
  "s3Provider()",
  async () => {
    const fake = await startFakeS3();
    let count = 0;
    return {
      provider: s3Provider(bare),
      newName: () => `bucket-${++count}`,
      options: { config: { ...fakeConfig(fake) } },
      [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
    };
  },
  Deno.test,
);

Deno.test("s3Provider() lets its stores share what is known of endpoints", async () => {
  const health: CreateTransportOptions["health"][] = [];
  const transport = (options: CreateTransportOptions) => {
    health.push(options.health);
    return createTransport(options);
  };
  const provider = s3Provider({ ...bare, transport });
  const options = { config: { region: "us-east-1", anonymous: true } };
  await using _one = await provider.open("bucket-one", options);
  await using _other = await provider.open("bucket-two", options);
  assert(health[0]);
  assertStrictEquals(health[1], health[0]);
});
