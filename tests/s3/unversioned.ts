const REASON = "the bucket keeps no versions, and a store of S3 cannot know that beforehand";

/** Cases that need a bucket with versions, for buckets without. */
export const unversioned: Readonly<Record<string, string>> = {
  "get() and head() with version give an overwritten object": REASON,
  "delete() keeps the versions, delete() with version removes one for good": REASON,
  "delete() of an old version leaves the object": REASON,
  "copy() with sourceVersion brings an old version back": REASON,
  "close() of a writer makes a version": REASON,
  "listVersions() gives every version by ascending key, the newest first": REASON,
  "listVersionsWithDelimiter() gives the versions of one level, and what lies deeper folded": REASON,
  "listVersions() shows etags and sizes that head() confirms": REASON,
  "listVersions() of a deleted object shows no version of content as the latest": REASON,
  "delete() of the latest version makes the one before it the latest": REASON,
  "deleteMany() with version removes those versions for good, and tells them": REASON,
  "deleteMany() of what list() and head() give deletes objects, and no version for good": REASON,
};
