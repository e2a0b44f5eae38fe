import { type Algorithm, ALGORITHMS, type Checksum } from "../checksum/algorithm.ts";
import { element, type Xml } from "../../parts/write_xml.ts";
import { textOf, type XmlNode } from "../xml/parse_xml.ts";

/** The elements that carry a checksum in a document. */
export function checksumElements(checksum: Checksum | undefined, withType = true): (Xml | undefined)[] {
  if (checksum === undefined) return [];
  return [
    element(elementName(checksum.algorithm), checksum.value),
    withType ? element("ChecksumType", checksum.type) : undefined,
  ];
}

/** The checksums an element of a document carries, by algorithm. */
export function readChecksumElements(node: XmlNode): Map<Algorithm, string> {
  const found = new Map<Algorithm, string>();
  for (const algorithm of ALGORITHMS) {
    const value = textOf(node, elementName(algorithm));
    if (value !== undefined) found.set(algorithm, value);
  }
  return found;
}

function elementName(algorithm: Algorithm): string {
  return `Checksum${algorithm.toUpperCase()}`;
}
