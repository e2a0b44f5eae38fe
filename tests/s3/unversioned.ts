const REASON = "the bucket keeps no versions, and a store of S3 cannot know that beforehand";

/** Cases that need a bucket with versions, for buckets without. */
export const unversioned: Readonly<Record<string, string>> = {
  "get() and head() with version give an overwritten object": REASON,
  "delete() keeps the versions, delete() with version removes one for good": REASON,
  "delete() of an old version leaves the object": REASON,
  "copy() with sourceVersion brings an old version back": REASON,
  "close() of a writer makes a version": REASON,
};
