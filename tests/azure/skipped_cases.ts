const SOURCE = "the URL of a copy's source has 2 KiB at most";
const DROPPED = "a write that is closed drops the blocks of all others to its key";

/** Cases that the service cannot pass by its nature, by name, each with the reason. */
export const SKIPPED: Readonly<Record<string, string>> = {
  "tags hold letters of every script": "Azure takes tags of some letters of ASCII only",
  "keys of letters of two bytes are held up to the greatest length, and refused beyond": SOURCE,
  "keys of characters of two units are held up to the greatest length, and refused beyond": SOURCE,
  "a resumable write shows nothing before close(), and the old object until then": DROPPED,
  "a resumed write whose close() was refused is closed by another writer, once nothing is in the way":
    DROPPED,
  "a resumed write with ifMatch loses once the object changed": DROPPED,
  "a resumed write with ifNoneMatch loses against an object that was made meanwhile": DROPPED,
  "writers to one key do not mix: the one that closes last wins": DROPPED,
};

const TREE = "an account with directories has no object below another one";
const FOLDED = "an account with directories takes empty segments for none";

/** Those that an account with directories cannot pass besides. */
export const SKIPPED_WITH_DIRECTORIES: Readonly<Record<string, string>> = {
  ...SKIPPED,
  "deletePrefix() deletes what is under the prefix and nothing beside it": TREE,
  "an object and a folder of the same name are two things, but where the store has directories": TREE,
  "keys with empty segments stand for themselves, or are refused with the reason": FOLDED,
  "keys with a slash at the start stand for themselves, or are refused with the reason": FOLDED,
  "keys with a slash at the end stand for themselves, or are refused with the reason": FOLDED,
  "keys of segments of one letter are held up to the greatest length, and refused beyond":
    "an account with directories takes 61 segments, others 254",
};
