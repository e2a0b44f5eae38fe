import { hasS3sFs, startS3sFs } from "../../tools/servers/start_s3s_fs.ts";
import { testOnServer } from "./s3_matrix.ts";

const FILES = "s3s-fs keeps objects as files of these names";
const ATTRIBUTES = "s3s-fs keeps metadata and no attributes";
const TAGS = "s3s-fs tells no tags";
const VERSIONS = "s3s-fs lists no versions";
const NAMES = "s3s-fs says that it encodes the names of a listing, and does not";
const STEPS = "s3s-fs checks a condition and writes in two steps, and keeps checksums apart from the bytes";
const UPLOADS = "s3s-fs lists no uploads";

/** Cases that s3s-fs cannot pass. */
const skip: Readonly<Record<string, string>> = {
  "get() of what is only a prefix of other keys is a NotFoundError": FILES,
  "head() of a missing object is a NotFoundError that names it": FILES,
  "deletePrefix() deletes what is under the prefix and nothing beside it": FILES,
  "delete() removes that object alone, not what its key is a prefix of": FILES,
  "copy() of a prefix is a NotFoundError": FILES,
  "keys with names of 255 bytes stand for themselves": FILES,
  "keys with empty segments stand for themselves": FILES,
  "keys with a slash at the start stand for themselves": FILES,
  "keys with a slash at the end stand for themselves": FILES,
  "keys with dots for segments stand for themselves": FILES,
  "keys with NUL stand for themselves": FILES,
  "keys of the greatest length are held": FILES,
  "keys of many folders are held up to the greatest length": FILES,
  "an object and a folder of the same name are two things": FILES,
  "put() stores attributes, and head() and get() tell them": ATTRIBUTES,
  "createWriter() stores attributes": ATTRIBUTES,
  "createPartWriter() stores attributes, whatever the object's size": ATTRIBUTES,
  "copy() and rename() take the attributes along": ATTRIBUTES,
  "storageClass is honoured on put() and createWriter()": "s3s-fs has one storage class",
  "tags are stored by every way of writing, told by getTags() and counted by head() and get()": TAGS,
  "copy() and rename() take tags along, copy() unless it is given others": TAGS,
  "an object that is replaced keeps none of its tags, and one without any has none": TAGS,
  "getTags() of a missing object is a NotFoundError": TAGS,
  "tags hold letters of every script": TAGS,
  "listVersions() keeps to its prefix, which is no pattern": VERSIONS,
  "delete() of the latest delete marker brings the object back, delete() of a version none": VERSIONS,
  "listVersions() rejects with the reason of an aborted signal, at once and half-way": VERSIONS,
  "keys with percent signs stand for themselves": NAMES,
  "keys with plus signs stand for themselves": NAMES,
  "5 workers that each add 10 by compare-and-swap reach 50": STEPS,
  "of 8 racing put() calls that create, one wins and its object stays": STEPS,
  "of 8 racing writers that create, one wins and its object stays": STEPS,
  "put() of one object many times at once leaves one of them whole": STEPS,
};

/** Tests of sizes, failures and commands that it cannot pass. */
const skipReal: Readonly<Record<string, string>> = {
  "S3Store is what a Map is, in random runs": NAMES,
  "S3Store.createWriter() sends parts of 5 MiB from chunks that straddle them": UPLOADS,
  "S3Writer.abort() leaves no upload after parts were sent": UPLOADS,
  "S3Store says that a bucket is missing, for reads, writes and listings":
    "s3s-fs calls a missing bucket a missing object",
  "S3Store with an unknown access key fails with an UnauthenticatedError that says what to check":
    "s3s-fs calls an unknown key an account that is not signed up",
};

testOnServer({
  name: "s3s-fs",
  has: hasS3sFs,
  start: startS3sFs,
  checksSignatures: true,
  skip,
  skipReal,
});
