/**
 * Objects as HTTP describes them: {@linkcode HeaderNames} say by which headers a service describes an object and takes
 * what is stored with one; ranges, lengths, conditions and checksums of answered reads are seen to here.
 *
 * @module
 */
export { attributesAsHeaders } from "./attributes_as_headers.ts";
export { checkAnswered } from "./check_answered.ts";
export { conditionHeaders } from "./condition_headers.ts";
export { rangeHeader, readSize } from "./content_range.ts";
export { quoteEtag, readEtag, unquoteEtag } from "./etags.ts";
export type { HeaderNames, StoredChecksums } from "./header_names.ts";
export { decodeMetadata, decodeUtf8, encodeMetadata } from "./metadata_text.ts";
export { type BodyRequest, openBody } from "./open_body.ts";
export { readObjectInfo } from "./read_object_info.ts";
export { readReceipt } from "./read_receipt.ts";
export { readRefusedRange } from "./read_refused_range.ts";
export { type ObjectReads, readSuffix } from "./read_suffix.ts";
export { readTags, tagsAsQuery } from "./tags.ts";
export { unlikeService } from "./unlike_service.ts";
