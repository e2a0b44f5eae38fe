/**
 * What Lade sends beyond the plainest request, of its own accord, and a service may not take. Once it has not, the
 * plainer way is taken from then on; what a caller asked for is never among it.
 */
export type Extra =
  | "upload-checksum"
  | "part-checksum"
  | "whole-checksum"
  | "copied-checksum"
  | "download-checksum"
  | "object-size"
  | "copy-pin"
  | "suffix-range"
  | "batch-delete"
  | "unsigned-payload"
  | "quoted-etag"
  | "key-order";

/** What is done without each of them, in words that follow the service's name. */
export const PLAINER_WAY: Readonly<Record<Extra, string>> = {
  "upload-checksum": "refuses checksums of what is written: uploads go without",
  "part-checksum": "fails uploads whose parts carry checksums: parts go without",
  "whole-checksum":
    "refuses the checksum of an object whose parts it took: the object is made without, each part was compared",
  "copied-checksum": "wants a checksum of every part that it copied itself: copies in parts have none",
  "download-checksum": "refuses to be asked for checksums: downloads are not compared with them",
  "object-size": "refuses to be told the size of an object made of parts: it is left out",
  "copy-pin": "refuses a condition on the source of a copy: the source is looked at beforehand",
  "suffix-range": "does not answer ranges from the end as HTTP has them: the size is looked up first",
  "batch-delete": "cannot delete many keys at once: each is deleted by a request of its own",
  "unsigned-payload": "wants the payload signed: the SHA-256 of what is written is computed",
  "quoted-etag": "compares If-Match with the etag without its quotes: it is sent so",
  "key-order": "does not list in the order of UTF-8 bytes: listings in that order are sorted here",
};
