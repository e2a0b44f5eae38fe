import { hasS3Proxy, startS3Proxy } from "../../tools/servers/start_s3proxy.ts";
import {
  because,
  CHANGED_ATTRIBUTE_CASES,
  FILE_CASES,
  PART_CONDITION_CASES,
  RACE_CASES,
  TAG_CASES,
  VERSION_CASES,
} from "./s3_case_groups.ts";
import { testOnServer } from "./s3_matrix.ts";

const UPLOADS =
  "S3Proxy over a file system shows what is uploaded among the objects, and fails listings meanwhile";
const ETAG = "S3Proxy tells the etag of an object made of parts in two ways";
const LARGE = "S3Proxy passes over conditions when an upload is completed; those writes are refused";
const GONE = "S3Proxy lists no parts where it has no upload";
const FILES = "S3Proxy over a file system keeps objects as files of these names";
const EXPIRY = "S3Proxy copies without the time of expiry";
const TAGS = "S3Proxy has no tags";
const VERSIONS = "S3Proxy has no versions";
const STEPS = "S3Proxy checks a condition and writes in two steps";
const LOOK = "S3Proxy looks at a file and reads it in two steps, and sends the new bytes at the old length";

/** Cases that S3Proxy cannot pass. */
const skip: Readonly<Record<string, string>> = {
  "writer shows nothing before close()": UPLOADS,
  "writer leaves the old object to readers until close()": ETAG,
  "abort() leaves nothing, and close() can no longer succeed": UPLOADS,
  "disposing a writer that is not closed aborts it": UPLOADS,
  "abort() of a writer of parts leaves nothing, also while parts are under way": UPLOADS,
  "disposing a writer of parts that is not closed aborts it, and after close() does nothing": UPLOADS,
  "createPartWriter() shows nothing before close(), and the old object until then": UPLOADS,
  "a resumable write shows nothing before close(), and the old object until then": UPLOADS,
  "abort() of a resumable write leaves nothing, also after a failure": GONE,
  "resumePartWriter() of a write that is closed or aborted is a NotFoundError": GONE,
  "a token that was altered to name another object leads to no upload":
    "S3Proxy takes the id of an upload for whatever object it is asked about",
  ...because(LARGE, PART_CONDITION_CASES),
  ...because(FILES, FILE_CASES),
  "deletePrefix() takes a prefix as it is written, and nothing that it would lead to as a path": FILES,
  "copy() and rename() take the attributes along": EXPIRY,
  ...because(EXPIRY, CHANGED_ATTRIBUTE_CASES),
  "setAttributes() keeps the storage class, or moves the object to the one that is given":
    "S3Proxy copies into its default storage class",
  ...because(TAGS, TAG_CASES),
  ...because(VERSIONS, VERSION_CASES),
  ...because(STEPS, RACE_CASES),
  "put() shows readers the old content or all of the new, nothing between": LOOK,
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
