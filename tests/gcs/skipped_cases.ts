const NO_HEIR = "a live object that is deleted by its version has no heir: older ones stay noncurrent";

/** Cases that the service cannot pass by its nature, by name, each with the reason. */
export const SKIPPED: Readonly<Record<string, string>> = {
  "delete() of the latest version makes the one before it the latest": NO_HEIR,
  "deleteMany() with version removes those versions for good, and tells them": NO_HEIR,
};

const IN_ORDER = "a session takes the bytes of an object in order";
const UNLISTED = "a session is known by its name alone, and cannot be listed";
const NAMELESS = "a session says neither its object nor its parts before it ends";

/** Those that are of uploads in parts, where an endpoint has sessions alone. */
export const SKIPPED_BY_SESSIONS: Readonly<Record<string, string>> = {
  ...SKIPPED,
  "resumePartWriter() goes on after any number of parts, in any order": IN_ORDER,
  "resumePartWriter() goes on time and again, a part each time": IN_ORDER,
  "a resumable write shows nothing before close(), and the old object until then": IN_ORDER,
  "a token that was altered to name another object leads to no upload": NAMELESS,
  "a token that was altered to have parts of another size leads to no other bytes": NAMELESS,
  "listUploads() shows resumable writes until they are closed or aborted": UNLISTED,
};

const KEPT = "the bucket keeps no versions that were replaced or deleted";

/** Those that a bucket cannot pass besides which keeps no versions. */
export const SKIPPED_WITHOUT_VERSIONS: Readonly<Record<string, string>> = {
  ...SKIPPED,
  "get() and head() with version give an overwritten object": KEPT,
  "delete() keeps the versions, delete() with version removes one for good": KEPT,
  "copy() with sourceVersion brings an old version back": KEPT,
  "close() of a writer makes a version": KEPT,
  "listVersions() gives every version by ascending key, the newest first": KEPT,
  "listVersionsWithDelimiter() gives the versions of one level, and what lies deeper folded": KEPT,
  "listVersions() of a deleted object shows no version of content as the latest": KEPT,
  "deleteMany() of what list() and head() give deletes objects, and no version for good": KEPT,
};
