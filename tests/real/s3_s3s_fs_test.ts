import { hasS3sFs, startS3sFs } from "../../tools/servers/start_s3s_fs.ts";
import {
  ATTRIBUTE_CASES,
  because,
  FILE_CASES,
  PART_LIST_CASES,
  RACE_CASES,
  TAG_CASES,
  UPLOAD_LIST_CASES,
  VERSION_CASES,
} from "./s3_case_groups.ts";
import { testOnServer } from "./s3_matrix.ts";

const FILES = "s3s-fs keeps objects as files of these names";
const ATTRIBUTES = "s3s-fs keeps metadata and no attributes";
const CLASSES = "s3s-fs has one storage class";
const TAGS = "s3s-fs tells no tags";
const VERSIONS = "s3s-fs lists no versions";
const NAMES = "s3s-fs says that it encodes the names of a listing, and does not";
const STEPS = "s3s-fs checks a condition and writes in two steps, and keeps checksums apart from the bytes";
const UPLOADS = "s3s-fs lists no uploads";

/** Cases that s3s-fs cannot pass. */
const skip: Readonly<Record<string, string>> = {
  "get() of what is only a prefix of other keys is a NotFoundError": FILES,
  "head() of a missing object is a NotFoundError that names it": FILES,
  ...because(FILES, FILE_CASES),
  "deletePrefix() takes a prefix as it is written, and nothing that it would lead to as a path": FILES,
  "copy() of a prefix is a NotFoundError": FILES,
  "keys of many folders are held up to 512 bytes": FILES,
  "keys of segments of 200 letters are held up to the greatest length, and refused beyond": FILES,
  ...because(ATTRIBUTES, ATTRIBUTE_CASES),
  "setAttributes() of a missing object is a NotFoundError, and makes none": FILES,
  "setAttributes() keeps the storage class, or moves the object to the one that is given": CLASSES,
  "storageClass is honoured on put() and createWriter()": CLASSES,
  ...because(TAGS, TAG_CASES),
  ...because(VERSIONS, VERSION_CASES),
  "keys with percent signs stand for themselves": NAMES,
  "keys with plus signs stand for themselves": NAMES,
  ...because("s3s-fs lists parts without etags", PART_LIST_CASES),
  ...because(UPLOADS, UPLOAD_LIST_CASES),
  "abortUpload() by the writer's token ends the writer that is at it":
    "s3s-fs calls a missing upload one that is not allowed",
  ...because(STEPS, RACE_CASES),
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
