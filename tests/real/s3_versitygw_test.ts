import { conformance, type ConformanceOptions } from "@lade/core/conformance";
import { unversioned } from "../s3/unversioned.ts";
import type { S3TestServer } from "../../tools/servers/s3_test_server.ts";
import { hasVersitygw, startVersitygw } from "../../tools/servers/start_versitygw.ts";
import { realCases } from "./s3_real_cases.ts";
import { openNewBucket } from "./s3_server.ts";

const TAGS = "versitygw takes ASCII in tags only";
const FILES = "versitygw keeps objects as files of these names";

/** Cases that fail by the nature of a server that keeps objects as files. */
const skip: Readonly<Record<string, string>> = {
  "tags hold letters of every script": TAGS,
  "copy() with attributes stores these in place of the source's, also onto itself":
    "versitygw keeps attributes that a copy is given no others for",
  "deletePrefix() deletes what is under the prefix and nothing beside it": FILES,
  "delete() removes that object alone, not what its key is a prefix of": FILES,
  "keys with names of 255 bytes stand for themselves": FILES,
  "keys with empty segments stand for themselves": FILES,
  "keys with a slash at the start stand for themselves": FILES,
  "keys with a slash at the end stand for themselves": FILES,
  "keys with dots for segments stand for themselves": FILES,
  "keys with NUL stand for themselves": FILES,
  "keys with control characters stand for themselves": "versitygw lists them as other characters",
  "keys of the greatest length are held": FILES,
  "an object and a folder of the same name are two things": FILES,
  "storageClass is honoured on put() and createWriter()": "versitygw has one storage class",
};

const MARKERS = "versitygw takes a delete marker for an object";

/** Cases that fail by how versitygw keeps versions. */
const versions: Readonly<Record<string, string>> = {
  "listWithDelimiter() shows no folder once its last object is gone": MARKERS,
  'put() with ifNoneMatch "*" creates, and never replaces': MARKERS,
  "put() and createWriter() with ifMatch make no object where none is": MARKERS,
};

let server: S3TestServer | undefined;

Deno.test.beforeAll(async () => {
  if (hasVersitygw()) server = await startVersitygw();
});
Deno.test.afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

const partSize = 5 * 2 ** 20;
const options: ConformanceOptions = { storageClass: "STANDARD_IA", partSize };

function running(): S3TestServer {
  if (!server) throw new Error("Cannot test: versitygw did not start");
  return server;
}

function open(withVersions: boolean): ReturnType<typeof openNewBucket> {
  return openNewBucket(running(), { versions: withVersions, config: { multipart: { partSize } } });
}

if (!hasVersitygw()) {
  Deno.test.ignore("S3Store on versitygw (skipped: versitygw is not installed: deno task servers)", () => {});
} else {
  conformance("S3Store on versitygw", () => open(false), Deno.test, {
    ...options,
    skip: { ...skip, ...unversioned },
  });
  conformance("S3Store on versitygw with versions", () => open(true), Deno.test, {
    ...options,
    skip: { ...skip, ...versions },
  });
  realCases({
    name: "versitygw",
    server: running,
    config: { multipart: { partSize: 8 * 2 ** 20 } },
    checksSignatures: true,
  });
}
