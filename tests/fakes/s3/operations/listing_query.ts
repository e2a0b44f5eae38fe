import { encodeUri } from "../auth/uri_encoding.ts";
import { S3Error } from "../s3_error.ts";
import { element, type Xml } from "../../parts/write_xml.ts";
import { type Call, queryNumber } from "./call.ts";
import type { Listed } from "./walk_keys.ts";

/** What all listings have in common. */
export interface ListingQuery {
  /** Only keys that begin with this. */
  prefix: string;
  /** What keys are rolled up at, or an empty string. */
  delimiter: string;
  /** The most entries to give. */
  max: number;
  /** Encodes a key or prefix as the client asked. */
  encode(text: string): string;
  /** The `EncodingType` element, when there is one. */
  encodingType: Xml | undefined;
}

/** Reads what all listings have in common; `maxName` is the name of the parameter that bounds a page. */
export function readListingQuery(call: Call, maxName: string): ListingQuery {
  const { query } = call;
  const encoding = query.get("encoding-type");
  if (encoding !== undefined && encoding !== "url") {
    throw new S3Error("InvalidArgument", { message: "Invalid Encoding Method specified in Request" });
  }
  const limit = call.server.settings.maxPageSize;
  return {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") ?? "",
    max: queryNumber(call, maxName, { min: 0, max: limit, fallback: limit, clamp: true }),
    encode: encoding === "url" ? encodeListed : (text) => text,
    encodingType: element("EncodingType", encoding),
  };
}

/** The `CommonPrefixes` elements of a page. */
export function commonPrefixes(page: readonly Listed[], query: ListingQuery): (Xml | undefined)[] {
  return page.map((listed) =>
    listed.kind === "prefix"
      ? element("CommonPrefixes", [element("Prefix", query.encode(listed.prefix))])
      : undefined
  );
}

/** The form encoding of the service: a space is a plus, and a slash stays. */
function encodeListed(text: string): string {
  return encodeUri(text, "/*").replaceAll("%20", "+").replaceAll("~", "%7E");
}
