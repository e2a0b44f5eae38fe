import { conformance } from "@lade/testing/conformance";
import type { FakeAzureOptions } from "../fakes/azure/mod.ts";
import { openFake } from "./open_fake.ts";
import { SKIPPED, SKIPPED_WITH_DIRECTORIES } from "./skipped_cases.ts";

const config = { blockSize: 8 * 1024 };
const options = { storageClass: "Cool", skip: SKIPPED, partSize: config.blockSize };

conformance("AzureStore", () => openFake({ config }), Deno.test, options);

/** Services that list otherwise; pages are short, so that all goes over many. */
const LISTINGS: Readonly<Record<string, FakeAzureOptions>> = {
  "of a service that lists by UTF-16 units": { order: "utf16", maxPageSize: 3 },
  "of directories in short pages": { settings: { hierarchical: true }, maxPageSize: 3 },
};

for (const [what, server] of Object.entries(LISTINGS)) {
  conformance(
    `AzureStore ${what}`,
    () => openFake({ config, server }),
    (name, run) => {
      const promise = name.slice(name.indexOf(": "));
      if (/list|delete|keys/i.test(promise) && !/more than a page/.test(promise)) Deno.test(name, run);
    },
    { ...options, ...(server.settings?.hierarchical && { skip: SKIPPED_WITH_DIRECTORIES }) },
  );
}

conformance(
  "AzureStore of an account with directories",
  () => openFake({ config, server: { settings: { hierarchical: true } } }),
  Deno.test,
  { ...options, skip: SKIPPED_WITH_DIRECTORIES },
);
