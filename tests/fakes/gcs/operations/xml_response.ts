import type { WireResponse } from "@lade/testing/http";
import { type Xml, xmlDocument } from "../../parts/write_xml.ts";

/** An answer with a document of the XML API. */
export function xmlResponse(
  root: string,
  children: readonly (Xml | undefined)[],
  headers: Record<string, string> = {},
): WireResponse {
  return {
    status: 200,
    headers: { ...headers, "Content-Type": "application/xml; charset=UTF-8" },
    body: new TextEncoder().encode(xmlDocument(root, children)),
    chunked: false,
  };
}
