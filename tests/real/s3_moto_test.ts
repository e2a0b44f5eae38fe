import { conformance, type ConformanceOptions } from "@lade/core/conformance";
import type { S3Options } from "@lade/s3";
import { unversioned } from "../s3/unversioned.ts";
import { openNewBucket, type S3Server } from "./s3_server.ts";
import { findMoto, startMoto } from "./start_moto.ts";

/** Cases that moto cannot pass. */
const skip: Readonly<Record<string, string>> = {
  "keys with control characters stand for themselves":
    "moto does not find a bucket by a path with a line feed",
  "5 workers that each add 10 by compare-and-swap reach 50":
    "moto checks a condition and writes in two steps",
  "presign() permits one method on one object": "moto checks no signatures",
};

/** Cases that fail by how moto keeps versions. */
const versions: Readonly<Record<string, string>> = {
  "listWithDelimiter() shows no folder once its last object is gone": "moto lists a deleted object's folder",
};

const binary = findMoto();
let server: S3Server | undefined;

Deno.test.beforeAll(async () => {
  if (binary) server = await startMoto(binary);
});
Deno.test.afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

const partSize = 5 * 2 ** 20;
const options: ConformanceOptions = { storageClass: "STANDARD_IA", partSize };

// The checksum that moto gives for an object made of parts is one of their checksums, and called that of the full object.
const config: S3Options = { multipart: { partSize }, verifyDownloads: false };

function open(withVersions: boolean): ReturnType<typeof openNewBucket> {
  if (!server) throw new Error("Cannot test: moto did not start");
  return openNewBucket(server, { versions: withVersions, config });
}

if (!binary) Deno.test.ignore("S3Store on moto (skipped: moto is not installed)", () => {});
else {
  conformance("S3Store on moto", () => open(false), Deno.test, {
    ...options,
    skip: { ...skip, ...unversioned },
  });
  conformance("S3Store on moto with versions", () => open(true), Deno.test, {
    ...options,
    skip: { ...skip, ...versions },
  });
}
