import { conformance, type ConformanceOptions } from "@lade/testing/conformance";
import { unversioned } from "../s3/unversioned.ts";
import { hasVersitygw, startVersitygw } from "../../tools/servers/start_versitygw.ts";
import { because, FILE_CASES } from "./s3_case_groups.ts";
import { resumeAfterKill } from "../s3/resume_after_kill.ts";
import { realCases } from "./s3_real_cases.ts";
import { openNewBucket } from "./s3_server.ts";
import { whereInstalled } from "./where_installed.ts";

const TAGS = "versitygw takes ASCII in tags only";
const CHARACTERS = "versitygw lists them as other characters";
const CLASSES = "versitygw has one storage class";
const FILES = "versitygw keeps objects as files of these names";

/** Cases that fail by the nature of a server that keeps objects as files. */
const skip: Readonly<Record<string, string>> = {
  "tags hold letters of every script": TAGS,
  "copy() with attributes stores these in place of the source's, also onto itself":
    "versitygw keeps attributes that a copy is given no others for",
  ...because(FILES, FILE_CASES),
  "keys with control characters stand for themselves, or are refused with the reason": CHARACTERS,
  "keys that are no characters of XML stand for themselves, or are refused with the reason": CHARACTERS,
  "setAttributes() keeps the storage class, or moves the object to the one that is given": CLASSES,
  "storageClass is honoured on put() and createWriter()": CLASSES,
  "of a put() and a delete() that race for one content, one wins":
    "versitygw checks the condition of a deletion and deletes in two steps",
};

const MARKERS = "versitygw takes a delete marker for an object";

/** Cases that fail by how versitygw keeps versions. */
const versions: Readonly<Record<string, string>> = {
  "listWithDelimiter() shows no folder once its last object is gone": MARKERS,
  'put() with ifNoneMatch "*" creates, and never replaces': MARKERS,
  "a resumed write whose close() was refused is closed by another writer, once nothing is in the way":
    MARKERS,
  "put() and createWriter() with ifMatch make no object where none is": MARKERS,
};

const partSize = 5 * 2 ** 20;
const options: ConformanceOptions = { storageClass: "STANDARD_IA", partSize };

whereInstalled({ name: "versitygw", has: hasVersitygw, start: startVersitygw }, (server) => {
  const open = (versions: boolean) =>
    openNewBucket(server(), { versions, config: { multipart: { partSize } } });
  conformance("S3Store on versitygw", () => open(false), Deno.test, {
    ...options,
    skip: { ...skip, ...unversioned },
  });
  conformance("S3Store on versitygw with versions", () => open(true), Deno.test, {
    ...options,
    skip: { ...skip, ...versions },
  });
  Deno.test("a write on versitygw goes on after its process was killed", async () => {
    await using opened = await open(false);
    const { url, accessKeyId, secretAccessKey } = server();
    const reached = { url, accessKeyId, secretAccessKey, bucket: opened.bucket };
    await resumeAfterKill(reached, opened.store, { partSize, size: 3 * partSize + 1, kept: 2 });
  });
  realCases({
    name: "versitygw",
    server,
    config: { multipart: { partSize: 8 * 2 ** 20 } },
    checksSignatures: true,
  });
});
