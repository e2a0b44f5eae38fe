import { providerConformance } from "@lade/core/conformance";
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
