import { conformance, type ConformanceOptions } from "@lade/testing/conformance";
import type { S3Options } from "@lade/s3";
import { unversioned } from "../s3/unversioned.ts";
import { hasMoto, startMoto } from "../../tools/servers/start_moto.ts";
import { because, PART_LIST_CASES } from "./s3_case_groups.ts";
import { realCases } from "./s3_real_cases.ts";
import { openNewBucket } from "./s3_server.ts";
import { whereInstalled } from "./where_installed.ts";

const MATCHES =
  "moto passes over ifMatch on CopyObject and CompleteMultipartUpload; those copies are refused";
const NAMES = "moto keeps no metadata whose name has an underscore or another mark";
const STEPS = "moto checks a condition and writes in two steps";

/** Cases that moto cannot pass. */
const skip: Readonly<Record<string, string>> = {
  "copy() and rename() with ifMatch replace that target only": MATCHES,
  "setAttributes() with ifMatch changes that content's attributes only": MATCHES,
  "metadata names of any other kind are held, or refused by every write with the reason": NAMES,
  "copyObject() from another store leaves out metadata names that are not held, and tells them": NAMES,
  "keys with line breaks stand for themselves, or are refused with the reason":
    "moto does not find a bucket by a path with a line feed",
  "5 workers that each add 10 by compare-and-swap reach 50": STEPS,
  "of 8 racing copy() or rename() calls that create, one wins, and the others keep their source": STEPS,
  "of a put() and a delete() that race for one content, one wins": STEPS,
  "createPartWriter() with ifMatch is a PreconditionFailedError once the object changed":
    "moto checks no If-Match when an upload is completed; those writes are refused",
  ...because("moto lists parts in a document of another name", PART_LIST_CASES),
  "abortUpload() by the writer's token ends the writer that is at it":
    "moto fails to complete an upload that is gone",
  "tags hold letters of every script": "moto takes ASCII alone",
  "copy() and rename() take tags along, copy() unless it is given others":
    "moto adds the tags to those of an object that is replaced",
  "presign() permits one method on one object": "moto checks no signatures",
};

/** Cases that fail by how moto keeps versions. */
const versions: Readonly<Record<string, string>> = {
  "listWithDelimiter() shows no folder once its last object is gone": "moto lists a deleted object's folder",
};

const partSize = 5 * 2 ** 20;
const options: ConformanceOptions = { storageClass: "STANDARD_IA", partSize };

// The checksum that moto gives for an object made of parts is one of their checksums, and called that of the full object.
const config: S3Options = { multipart: { partSize }, verifyDownloads: false };

whereInstalled({ name: "moto", has: hasMoto, start: startMoto }, (server) => {
  const open = (versions: boolean) => openNewBucket(server(), { versions, config });
  conformance("S3Store on moto", () => open(false), Deno.test, {
    ...options,
    skip: { ...skip, ...unversioned },
  });
  conformance("S3Store on moto with versions", () => open(true), Deno.test, {
    ...options,
    skip: { ...skip, ...versions },
  });
  realCases({ name: "moto", server, config, checksSignatures: false });
});
