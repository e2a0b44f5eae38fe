import { conformance } from "@lade/testing/conformance";
import { openFake } from "./open_fake.ts";
import { SKIPPED, SKIPPED_BY_SESSIONS, SKIPPED_WITHOUT_VERSIONS } from "./skipped_cases.ts";

const config = { partSize: 8 * 1024, threshold: 8 * 1024, chunkSize: 8 * 1024 };
/** Parts and chunks may be as small as those. */
const server = { minPartSize: 1, chunkUnit: 8 * 1024 };
const options = { storageClass: "NEARLINE", skip: SKIPPED, partSize: config.partSize };

conformance(
  "GcsStore",
  () => openFake({ config, server: { ...server, settings: { versioning: true } } }),
  Deno.test,
  options,
);

conformance(
  "GcsStore of a bucket without versions",
  () => openFake({ config, server }),
  Deno.test,
  { ...options, skip: SKIPPED_WITHOUT_VERSIONS },
);

conformance(
  "GcsStore of an emulator that has the JSON API alone, in short pages",
  () =>
    openFake({
      config,
      credential: { kind: "anonymous" },
      server: {
        ...server,
        allowsAnonymous: true,
        refusesXml: true,
        refusesBatches: true,
        refusesMoves: true,
        maxPageSize: 3,
        settings: { versioning: true },
      },
    }),
  Deno.test,
  { ...options, skip: SKIPPED_BY_SESSIONS },
);
