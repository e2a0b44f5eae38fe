import { hasGofakes3, startGofakes3 } from "../../tools/servers/start_gofakes3.ts";
import {
  ATTRIBUTE_CASES,
  because,
  CHANGED_ATTRIBUTE_CASES,
  KEPT_ATTRIBUTE_CASES,
  PART_CONDITION_CASES,
  TAG_CASES,
} from "./s3_case_groups.ts";
import { testOnServer } from "./s3_matrix.ts";

const MERGES = "gofakes3 adds to an object what the one before it had, its headers and its etag";
const TAGS = "gofakes3 answers a request for tags with the object";
const LARGE = "gofakes3 passes over conditions when an upload is completed; those writes are refused";
const ATTRIBUTES = "gofakes3 keeps a few attributes and no other";
const LENGTH = "gofakes3 counts the source of a copy by its encoded letters";
const CONTROL = "gofakes3 lists control characters as others";

/** Cases that gofakes3 cannot pass. */
const skip: Readonly<Record<string, string>> = {
  "head(), get() and list() tell the same of an object": "gofakes3 tells a version by HEAD and none by GET",
  "writer leaves the old object to readers until close()": MERGES,
  "createPartWriter() shows nothing before close(), and the old object until then": MERGES,
  "put() without attributes keeps none of the old object's": MERGES,
  "copy() with attributes stores these in place of the source's, also onto itself": MERGES,
  "metadata names of letters and digits are held by every store": MERGES,
  "metadata names of any other kind are held, or refused by every write with the reason": MERGES,
  ...because(LARGE, PART_CONDITION_CASES),
  ...because(ATTRIBUTES, ATTRIBUTE_CASES),
  ...because(ATTRIBUTES, CHANGED_ATTRIBUTE_CASES),
  ...because(ATTRIBUTES, KEPT_ATTRIBUTE_CASES),
  ...because(TAGS, TAG_CASES),
  "copyObject() from another store keeps expires, or leaves it out and tells it": ATTRIBUTES,
  "keys with NUL stand for themselves, or are refused with the reason": CONTROL,
  "keys with control characters stand for themselves, or are refused with the reason": CONTROL,
  "keys that are no characters of XML stand for themselves, or are refused with the reason": CONTROL,
  "keys of letters of two bytes are held up to the greatest length, and refused beyond": LENGTH,
  "keys of characters of two units are held up to the greatest length, and refused beyond": LENGTH,
  "a resumable write may have any size": "gofakes3 takes no part without bytes",
  "a resumed write keeps the attributes that it began with": ATTRIBUTES,
  "listUploads() shows resumable writes until they are closed or aborted":
    "gofakes3 answers a list of no uploads as if one was missing",
  "presign() permits one method on one object": "gofakes3 checks no signatures",
};

/** Tests of sizes, failures and commands that it cannot pass. */
const skipReal: Readonly<Record<string, string>> = {
  "S3Store.put() sends 43 MiB in parts, and they come back by concurrent ranges":
    "gofakes3 tells the etag of an object made of parts in two ways",
};

testOnServer({
  name: "gofakes3",
  has: hasGofakes3,
  start: startGofakes3,
  checksSignatures: false,
  skip,
  skipReal,
});
