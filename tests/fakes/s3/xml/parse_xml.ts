import * as xml from "../../parts/parse_xml.ts";
import { S3Error } from "../s3_error.ts";

export { childrenOf, type XmlNode } from "../../parts/parse_xml.ts";

/** Parses a request document; anything malformed is `MalformedXML`. */
export function parseXml(source: string): xml.XmlNode {
  return orMalformed(() => xml.parseXml(source));
}

/** The text of the only child of a name, or undefined when there is none. */
export function textOf(node: xml.XmlNode, name: string): string | undefined {
  return orMalformed(() => xml.textOf(node, name));
}

function orMalformed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw error instanceof xml.MalformedXmlError ? new S3Error("MalformedXML") : error;
  }
}
