import { hasS3Mock, startS3Mock } from "../../tools/servers/start_s3mock.ts";
import {
  ATTRIBUTE_CASES,
  because,
  CHANGED_ATTRIBUTE_CASES,
  PART_CONDITION_CASES,
  PART_LIST_CASES,
  RACE_CASES,
  TAG_CASES,
  VERSION_CASES,
} from "./s3_case_groups.ts";
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
  ...because(ABORT, PART_CONDITION_CASES),
  ...because("S3Mock lists parts without their checksums, so that they are written again", PART_LIST_CASES),
  'ifIgnored "look" weakens no condition that does not hold': ABORT,
  'copy() and rename() with ifNoneMatch "*" replace nothing': ABORT,
  "copy() and rename() with ifMatch replace that target only": ABORT,
  "a condition of a copy that is taken back after the call began still holds": ABORT,
  "list() takes pattern characters in the prefix as themselves": URL,
  "keys with NUL stand for themselves, or are refused with the reason": URL,
  "keys with backslashes stand for themselves, or are refused with the reason": URL,
  ...because(ATTRIBUTES, ATTRIBUTE_CASES),
  ...because(ATTRIBUTES, CHANGED_ATTRIBUTE_CASES),
  "setAttributes() with ifMatch changes that content's attributes only": ATTRIBUTES,
  "setAttributes() keeps the storage class, or moves the object to the one that is given": ATTRIBUTES,
  "copy() with attributes stores these in place of the source's, also onto itself": ATTRIBUTES,
  "attributes that are changed after the call began are stored as they were": ATTRIBUTES,
  ...because(TAGS, TAG_CASES),
  ...because(VERSIONS, VERSION_CASES),
  ...because(STEPS, RACE_CASES),
  "put() of one object many times at once leaves one of them whole": STEPS,
  "put() shows readers the old content or all of the new, nothing between":
    "S3Mock sends bytes of two contents as one where an object is replaced while it is read",
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
