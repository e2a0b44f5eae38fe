/** Cases of one kind, all of which a server fails for one reason. */
export function because(reason: string, cases: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(cases.map((name) => [name, reason]));
}

/** Cases that need attributes of objects. */
export const ATTRIBUTE_CASES = [
  "put() stores attributes, and head() and get() tell them",
  "createWriter() stores attributes",
  "createPartWriter() stores attributes, whatever the object's size",
  "copy() and rename() take the attributes along",
] as const;

/** Cases that need attributes to be kept, and changed. */
export const CHANGED_ATTRIBUTE_CASES = [
  "setAttributes() replaces what is given, and keeps the other attributes and the bytes",
  "copyObject() of an object onto itself with attributes changes these alone",
] as const;

/** Cases that show attributes that a service keeps. */
export const KEPT_ATTRIBUTE_CASES = [
  "setAttributes() with nothing changes nothing, and tells what is there",
  "setAttributes() with ifMatch changes that content's attributes only",
  "setAttributes() refuses what no write takes, and changes nothing",
  "setAttributes() rejects with the reason of an aborted signal, and changes nothing",
] as const;

/** Cases that need tags. */
export const TAG_CASES = [
  "tags are stored by every way of writing, told by getTags() and counted by head() and get()",
  "copy() and rename() take tags along, copy() unless it is given others",
  "an object that is replaced keeps none of its tags, and one without any has none",
  "getTags() of a missing object is a NotFoundError",
  "tags hold letters of every script",
  "setAttributes() replaces tags as a whole, and keeps them where none are given",
  "copyObject() from another store keeps tags of any letters, or leaves all out and tells it",
] as const;

/** Cases that need the versions of a bucket that keeps none to be listed. */
export const VERSION_CASES = [
  "listVersions() keeps to its prefix, which is no pattern",
  "delete() of the latest delete marker brings the object back, delete() of a version none",
  "listVersions() rejects with the reason of an aborted signal, at once and half-way",
  "deleteMany() of what listVersions() gives removes these versions for good",
] as const;

/** Cases that need keys to be more than paths of files. */
export const FILE_CASES = [
  "deletePrefix() deletes what is under the prefix and nothing beside it",
  "delete() removes that object alone, not what its key is a prefix of",
  "keys with names of 255 bytes stand for themselves",
  "keys with empty segments stand for themselves, or are refused with the reason",
  "keys with a slash at the start stand for themselves, or are refused with the reason",
  "keys with a slash at the end stand for themselves, or are refused with the reason",
  "keys with dots for segments stand for themselves, or are refused with the reason",
  "keys with NUL stand for themselves, or are refused with the reason",
  "keys of letters are held up to the greatest length, and refused beyond",
  "keys of letters of two bytes are held up to the greatest length, and refused beyond",
  "keys of characters of two units are held up to the greatest length, and refused beyond",
  "keys of segments of one letter are held up to the greatest length, and refused beyond",
  "an object and a folder of the same name are two things, but where the store has directories",
] as const;

/** Cases that need a condition and its write to be one step. */
export const RACE_CASES = [
  "5 workers that each add 10 by compare-and-swap reach 50",
  "of 8 racing put() calls that create, one wins and its object stays",
  "of 8 racing writers that create, one wins and its object stays",
  "of 8 racing copy() or rename() calls that create, one wins, and the others keep their source",
  "of a put() and a delete() that race for one content, one wins",
] as const;

/** Cases that need a condition on the completion of an upload. */
export const PART_CONDITION_CASES = [
  "a condition that is taken back after the call began still holds",
  "createPartWriter() with ifNoneMatch is an AlreadyExistsError where the object exists",
  "createPartWriter() with ifMatch is a PreconditionFailedError once the object changed",
  "a resumed write with ifNoneMatch loses against an object that was made meanwhile",
  "a resumed write whose close() was refused is closed by another writer, once nothing is in the way",
  "a resumed write with ifMatch loses once the object changed",
] as const;

/** Cases that need the parts of an upload to be listed as S3 lists them. */
export const PART_LIST_CASES = [
  "resumePartWriter() goes on after any number of parts, in any order",
  "resumePartWriter() goes on time and again, a part each time",
  "a resumable write may have any size",
  "a resumable write shows nothing before close(), and the old object until then",
  "a failure, an aborted signal and disposal leave a resumable write; its writer has ended",
  "abort() after detach() takes nothing away",
  "a part that is written already is not written again, nor asked for beyond the last",
  "a resumed write keeps the attributes that it began with",
  "a resumed write with ifNoneMatch loses against an object that was made meanwhile",
  "a resumed write whose close() was refused is closed by another writer, once nothing is in the way",
  "a resumed write with ifMatch loses once the object changed",
  "resumePartWriter() and abortUpload() refuse the token of another object and what is none",
  "a token that was altered to name another object leads to no upload",
  "resumePartWriter() of a write that is closed or aborted is a NotFoundError",
  "listUploads() shows resumable writes until they are closed or aborted",
] as const;

/** Cases that need uploads to be listed. */
export const UPLOAD_LIST_CASES = [
  "a resumable write is closed by its first writer too",
  "abort() of a resumable write leaves nothing, also after a failure",
] as const;
