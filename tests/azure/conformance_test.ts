import { conformance } from "@lade/testing/conformance";
import { openFake } from "./open_fake.ts";
import { SKIPPED, SKIPPED_WITH_DIRECTORIES } from "./skipped_cases.ts";

const options = { storageClass: "Cool", skip: SKIPPED };
const config = { blockSize: 1024 };

conformance("AzureStore", () => openFake({ config }), Deno.test, options);

conformance(
  "AzureStore of a service that lists by UTF-16 units",
  () => openFake({ config, server: { order: "utf16" } }),
  Deno.test,
  options,
);

conformance(
  "AzureStore of an account with directories",
  () => openFake({ config, server: { settings: { hierarchical: true } } }),
  Deno.test,
  { ...options, skip: SKIPPED_WITH_DIRECTORIES },
);
