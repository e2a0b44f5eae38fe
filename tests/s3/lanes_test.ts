import { conformance } from "@lade/testing/conformance";
import { bare, openFake } from "./open_fake.ts";
import { overLanes } from "./over_lanes.ts";
import { unversioned } from "./unversioned.ts";

conformance(
  "S3Store over lanes",
  () =>
    openFake({
      config: { multipart: { partSize: 1024 } },
      surroundings: { ...bare, transport: overLanes },
    }),
  Deno.test,
  { storageClass: "STANDARD_IA", skip: unversioned },
);
