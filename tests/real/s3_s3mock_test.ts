import { hasS3Mock, startS3Mock } from "../../tools/servers/start_s3mock.ts";
import { testOnServer } from "./s3_matrix.ts";

const ABORT = "S3Mock removes the object of a key when an upload for that key is given up";
const URL = "S3Mock takes no such key";
const ATTRIBUTES = "S3Mock rewrites content types, and keeps no attribute of a copy";
const TAGS = "S3Mock reads no encoded tags";
const VERSIONS = "S3Mock lists no versions of a bucket without";
const STEPS = "S3Mock checks a condition and writes in two steps, and a GET meanwhile stalls";

/** Cases that S3Mock cannot pass. */
const skip: Readonly<Record<string, string>> = {
  "abort() leaves the old object as it was": ABORT,
  "abort() of a writer of parts leaves nothing, also while parts are under way": ABORT,
  "createPartWriter() with ifNoneMatch is an AlreadyExistsError where the object exists": ABORT,
  "createPartWriter() with ifMatch is a PreconditionFailedError once the object changed": ABORT,
  'ifIgnored "look" weakens no condition that does not hold': ABORT,
  'copy() and rename() with ifNoneMatch "*" replace nothing': ABORT,
  "copy() and rename() with ifMatch replace that target only": ABORT,
  "list() takes pattern characters in the prefix as themselves": URL,
  "keys with NUL stand for themselves": URL,
  "put() stores attributes, and head() and get() tell them": ATTRIBUTES,
  "createWriter() stores attributes": ATTRIBUTES,
  "createPartWriter() stores attributes, whatever the object's size": ATTRIBUTES,
  "copy() and rename() take the attributes along": ATTRIBUTES,
  "copy() with attributes stores these in place of the source's, also onto itself": ATTRIBUTES,
  "tags are stored by every way of writing, told by getTags() and counted by head() and get()": TAGS,
  "copy() and rename() take tags along, copy() unless it is given others": TAGS,
  "an object that is replaced keeps none of its tags, and one without any has none": TAGS,
  "getTags() of a missing object is a NotFoundError": TAGS,
  "tags hold letters of every script": TAGS,
  "listVersions() keeps to its prefix, which is no pattern": VERSIONS,
  "delete() of the latest delete marker brings the object back, delete() of a version none": VERSIONS,
  "listVersions() rejects with the reason of an aborted signal, at once and half-way": VERSIONS,
  "5 workers that each add 10 by compare-and-swap reach 50": STEPS,
  "of 8 racing put() calls that create, one wins and its object stays": STEPS,
  "of 8 racing writers that create, one wins and its object stays": STEPS,
  "put() of one object many times at once leaves one of them whole": STEPS,
  "presign() permits one method on one object": "S3Mock checks no signatures",
};

/** Tests of sizes, failures and commands that it cannot pass. */
const skipReal: Readonly<Record<string, string>> = {
  "S3Store is what a Map is, in random runs": URL,
};

testOnServer({
  name: "S3Mock",
  has: hasS3Mock,
  start: startS3Mock,
  checksSignatures: false,
  skip,
  skipReal,
});
