import { serviceFaults } from "@lade/testing/service";
import { FAULT_SETUP, startFaulty } from "./fault_setup.ts";
import { overLanes } from "./over_lanes.ts";

serviceFaults("S3Store", FAULT_SETUP, Deno.test);

// What is read piece by piece goes by no lane but here, where bytes show once all that were asked for are there.
const SHOWS_EACH_BYTE = /far slower than the others/;

serviceFaults(
  "S3Store over lanes",
  { ...FAULT_SETUP, start: (options) => startFaulty(options, overLanes) },
  (name, run) => {
    if (!SHOWS_EACH_BYTE.test(name)) Deno.test(name, run);
  },
);
