import { hasS3Proxy, startS3Proxy } from "../../tools/servers/start_s3proxy.ts";
import { testOnServer } from "./s3_matrix.ts";

const UPLOADS =
  "S3Proxy over a file system shows what is uploaded among the objects, and fails listings meanwhile";
const ETAG = "S3Proxy tells the etag of an object made of parts in two ways";
const LARGE = "S3Proxy passes over conditions when an upload is completed; those writes are refused";
const FILES = "S3Proxy over a file system keeps objects as files of these names";
const TAGS = "S3Proxy has no tags";
const VERSIONS = "S3Proxy has no versions";
const STEPS = "S3Proxy checks a condition and writes in two steps";

/** Cases that S3Proxy cannot pass. */
const skip: Readonly<Record<string, string>> = {
  "writer shows nothing before close()": UPLOADS,
  "writer leaves the old object to readers until close()": ETAG,
  "abort() leaves nothing, and close() can no longer succeed": UPLOADS,
  "disposing a writer that is not closed aborts it": UPLOADS,
  "abort() of a writer of parts leaves nothing, also while parts are under way": UPLOADS,
  "disposing a writer of parts that is not closed aborts it, and after close() does nothing": UPLOADS,
  "createPartWriter() shows nothing before close(), and the old object until then": UPLOADS,
  "createPartWriter() with ifNoneMatch is an AlreadyExistsError where the object exists": LARGE,
  "createPartWriter() with ifMatch is a PreconditionFailedError once the object changed": LARGE,
  "deletePrefix() deletes what is under the prefix and nothing beside it": FILES,
  "deletePrefix() takes a prefix as it is written, and nothing that it would lead to as a path": FILES,
  "delete() removes that object alone, not what its key is a prefix of": FILES,
  "copy() and rename() take the attributes along": "S3Proxy copies without the time of expiry",
  "tags are stored by every way of writing, told by getTags() and counted by head() and get()": TAGS,
  "copy() and rename() take tags along, copy() unless it is given others": TAGS,
  "an object that is replaced keeps none of its tags, and one without any has none": TAGS,
  "getTags() of a missing object is a NotFoundError": TAGS,
  "tags hold letters of every script": TAGS,
  "listVersions() keeps to its prefix, which is no pattern": VERSIONS,
  "delete() of the latest delete marker brings the object back, delete() of a version none": VERSIONS,
  "listVersions() rejects with the reason of an aborted signal, at once and half-way": VERSIONS,
  "keys with names of 255 bytes stand for themselves": FILES,
  "keys with empty segments stand for themselves": FILES,
  "keys with a slash at the start stand for themselves": FILES,
  "keys with a slash at the end stand for themselves": FILES,
  "keys with dots for segments stand for themselves": FILES,
  "keys with NUL stand for themselves": FILES,
  "keys of the greatest length are held": FILES,
  "an object and a folder of the same name are two things": FILES,
  "5 workers that each add 10 by compare-and-swap reach 50": STEPS,
  "of 8 racing put() calls that create, one wins and its object stays": STEPS,
  "of 8 racing writers that create, one wins and its object stays": STEPS,
};

/** Tests of sizes, failures and commands that it cannot pass. */
const skipReal: Readonly<Record<string, string>> = {
  "S3Store.put() sends 43 MiB in parts, and they come back by concurrent ranges": ETAG,
  "S3Writer.abort() leaves no upload after parts were sent": UPLOADS,
};

testOnServer({
  name: "S3Proxy",
  has: hasS3Proxy,
  start: startS3Proxy,
  checksSignatures: true,
  skip,
  skipReal,
});
