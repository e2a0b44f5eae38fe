/**
 * The XML of answers: read strictly, so that half an answer is never taken for a whole one.
 *
 * @module
 */
export { escapeXml } from "./escape_xml.ts";
export { childText, parseXml, type XmlElement } from "./parse_xml.ts";
export { rootName } from "./root_name.ts";
