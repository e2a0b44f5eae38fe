/**
 * Listings over services that give them page by page: a backend writes a {@linkcode PageReader}, and order, prefix, start,
 * repeats and the end of the listing are seen to here.
 *
 * @module
 */
export {
  type Displacement,
  inAnyOrder,
  inKeyOrder,
  type MixedPage,
  type MixedQuery,
  pageOf,
  type SeekingReader,
  TREE_ORDER,
  UTF16_ORDER,
} from "./in_key_order.ts";
export { listNames } from "./list_names.ts";
export { listPages } from "./list_pages.ts";
export { listVersions } from "./list_versions.ts";
export { newestFirst } from "./newest_first.ts";
export type { Listing, Page, PageQuery, PageReader } from "./page_reader.ts";
export { decoderOf, isTruncated } from "./page_in_xml.ts";
export { prefixUri } from "./prefix_uri.ts";
export { checkPrefix, type PageInHand, readPages } from "./read_pages.ts";
