import { conformance } from "@lade/testing/conformance";
import { openFake } from "./open_fake.ts";
import { unversioned } from "./unversioned.ts";

const multipart = { partSize: 1024 };
const storageClass = "STANDARD_IA";

conformance("S3Store", () => openFake({ config: { multipart } }), Deno.test, {
  storageClass,
  skip: unversioned,
});

conformance(
  "S3Store of a bucket with versions",
  async () => {
    const opened = await openFake({ config: { multipart } });
    opened.fake.createBucket("bucket", { versioning: "enabled" });
    return opened;
  },
  Deno.test,
  { storageClass },
);

conformance(
  "S3Store that signs payloads, of a service without checksums",
  () => openFake({ config: { multipart, signPayload: true }, server: { checksums: false } }),
  Deno.test,
  { storageClass, skip: unversioned },
);

conformance(
  "S3Store over fetch",
  () => openFake({ config: { multipart, transport: "fetch" } }),
  Deno.test,
  {
    storageClass,
    skip: unversioned,
  },
);
