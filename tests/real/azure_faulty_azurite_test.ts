import { serviceFaults, type ServiceSetup } from "@lade/testing/service";
import { BLOB_OPERATIONS, BLOB_REQUESTS } from "../azure/blob_requests.ts";
import { AZURITE } from "./azurite.ts";
import { startFaultyAzurite } from "./faulty_azurite.ts";
import { whereInstalled } from "./where_installed.ts";

const URLS = "Azurite knows no Put Blob From URL, so that copies there take other requests";
const MISSING = "Azurite answers 412 where a condition on the etag meets no blob";

whereInstalled(AZURITE, (server) => {
  const setup: ServiceSetup = {
    start: (options) => startFaultyAzurite(server(), options),
    lastingCredentials: true,
    operations: BLOB_OPERATIONS,
    requests: BLOB_REQUESTS,
    skip: {
      "getBytes() tells an object that vanishes while it is read": MISSING,
      "copy() makes the requests that are declared, and no more": URLS,
      "rename() makes the requests that are declared, and no more": URLS,
    },
  };
  serviceFaults("AzureStore on Azurite", setup, Deno.test);
});
