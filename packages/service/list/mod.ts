/**
 * Listings over services that give them page by page: a backend writes a {@linkcode PageReader}, and order, prefix, start,
 * repeats and the end of the listing are seen to here.
 *
 * @module
 */
export { listPages } from "./list_pages.ts";
export { listVersions } from "./list_versions.ts";
export type { Listing, Page, PageQuery, PageReader } from "./page_reader.ts";
export { checkPrefix, type PageInHand, readPages } from "./read_pages.ts";
