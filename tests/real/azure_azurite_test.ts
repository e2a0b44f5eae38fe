import { conformance } from "@lade/testing/conformance";
import { AZURITE, openNewContainer } from "./azurite.ts";
import { because } from "./s3_case_groups.ts";
import { whereInstalled } from "./where_installed.ts";

const RANGE = "Azurite answers 206 and no bytes to a range without an end that begins past the last byte";
const MISSING = "Azurite answers 412 where a condition on the etag meets no blob";
const TAGS = "Azure takes tags of some letters of ASCII only";
const DROPPED = "Azure drops the blocks of a write that is not closed when the object of the key is deleted";
const BACKSLASH = "Azurite takes a backslash for a slash";

/** Cases that Azurite cannot pass, each with the reason. */
const skip: Readonly<Record<string, string>> = {
  "bytes at hand fail with what get() rejects with": RANGE,
  "get() of a range that starts at or past the end is a RangeNotSatisfiableError": RANGE,
  "errors of ranges tell code, operation and uri": RANGE,
  "get() and head() of a missing object are NotFoundErrors under any condition": MISSING,
  "delete() with ifMatch of a missing object succeeds: it is gone": MISSING,
  "deleteMany() with ifMatch deletes what has that etag alone, and tells the others apart": MISSING,
  "tags hold letters of every script": TAGS,
  "a resumed write whose close() was refused is closed by another writer, once nothing is in the way":
    DROPPED,
  "keys with backslashes stand for themselves, or are refused with the reason": BACKSLASH,
};

/** Cases of what the store does not do yet. */
const pending = because("the store does not do it yet", [
  "head(), get() and list() tell the same of an object",
  "every write answers with a proof that it is stored: etag, version or checksum",
  "list() goes on where it was left, from any of its keys",
  "metadata names of letters and digits are held by every store",
  "metadata names of any other kind are held, or refused by every write with the reason",
  "setAttributes() with ifMatch changes that content's attributes only",
  "keys of plain words and folders stand for themselves",
  "keys with spaces stand for themselves",
  "keys with percent signs stand for themselves",
  "keys with plus signs stand for themselves",
  "keys with characters of URLs stand for themselves",
  "keys with quotes and markup stand for themselves",
  "keys with pattern characters stand for themselves",
  "keys with dots stand for themselves",
  "keys with dashes that look like options stand for themselves",
  "keys beyond ASCII stand for themselves",
  "keys beyond the basic plane stand for themselves",
  "keys that differ only in their normal form stand for themselves",
  "keys with names of 255 bytes stand for themselves",
  "keys with empty segments stand for themselves, or are refused with the reason",
  "keys with a slash at the start stand for themselves, or are refused with the reason",
  "keys with a slash at the end stand for themselves, or are refused with the reason",
  "keys with a dot at the end of a segment stand for themselves, or are refused with the reason",
  "keys with NUL stand for themselves, or are refused with the reason",
  "keys with line breaks stand for themselves, or are refused with the reason",
  "keys with control characters stand for themselves, or are refused with the reason",
  "keys that are no characters of XML stand for themselves, or are refused with the reason",
  "keys that services keep for themselves stand for themselves, or are refused with the reason",
  "keys of letters are held up to the greatest length, and refused beyond",
  "keys of letters of two bytes are held up to the greatest length, and refused beyond",
  "keys of characters of two units are held up to the greatest length, and refused beyond",
  "keys of segments of one letter are held up to the greatest length, and refused beyond",
  "keys of segments of 200 letters are held up to the greatest length, and refused beyond",
  "keys of many folders are held up to 512 bytes",
  "calls leave nothing behind on a signal that outlives them",
  "errors of missing objects tell code, operation, uri and that a retry is in vain",
]);

whereInstalled(AZURITE, (server) => {
  const options = { skip: { ...skip, ...pending }, storageClass: "Cool" };
  conformance("AzureStore on Azurite", () => openNewContainer(server()), Deno.test, options);
});
