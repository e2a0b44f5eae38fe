import { gcsProvider } from "@lade/gcs";
import { conformance, providerConformance } from "@lade/testing/conformance";
import { FAKE_GCS_SERVER, openNewBucket } from "./fake_gcs_server.ts";
import { whereInstalled } from "./where_installed.ts";

/** Cases that fake-gcs-server cannot pass, each with the reason. */
const skip: Readonly<Record<string, string>> = {};

whereInstalled(FAKE_GCS_SERVER, (server) => {
  const options = { skip, storageClass: "NEARLINE" };
  conformance("GcsStore on fake-gcs-server", () => openNewBucket(server()), Deno.test, options);
  let count = 0;
  providerConformance("gcsProvider() on fake-gcs-server", () => {
    return Promise.resolve({
      provider: gcsProvider({ env: () => undefined }),
      newName: () => `provided-${++count}`,
      options: { config: { endpoint: server().url, project: "tests" } },
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  }, Deno.test);
});
