/**
 * Answered reads of objects over HTTP: {@linkcode HeaderNames} say by which headers a service tells of an object, and
 * ranges, lengths, conditions and checksums are seen to here.
 *
 * @module
 */
export { checkAnswered } from "./check_answered.ts";
export { rangeHeader, readSize } from "./content_range.ts";
export { quoteEtag, readEtag, unquoteEtag } from "./etags.ts";
export type { HeaderNames, StoredChecksums } from "./header_names.ts";
export { type BodyRequest, openBody } from "./open_body.ts";
export { readObjectInfo } from "./read_object_info.ts";
export { readRefusedRange } from "./read_refused_range.ts";
export { type ObjectReads, readSuffix } from "./read_suffix.ts";
export { unlikeService } from "./unlike_service.ts";
