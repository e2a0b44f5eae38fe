/** The fault suite of services, asked of S3 on this runtime. Its tests are Node's. */
import { test } from "node:test";
import { serviceFaults } from "@lade/testing/service";
import { FAULT_SETUP } from "../s3/fault_setup.ts";

/** What comes of `fetch`, by which services are reached on Node. */
const OF_FETCH = [
  // It undoes the compression of an answer before anybody can see that nobody asked for it: an error, of another kind.
  /takes no answer of somebody else/,
  // It reads ahead, and closes the connection of a body that is cancelled.
  /cancelled half-way/,
  /far slower than the others/,
];

serviceFaults(
  "S3Store",
  FAULT_SETUP,
  (name, run) => void test(name, { skip: OF_FETCH.some((it) => it.test(name)) }, run),
);
