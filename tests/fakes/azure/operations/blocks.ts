import type { WireResponse } from "@lade/testing/http";
import { BytesContent, bytesOf, type Content, JoinedContent } from "../../parts/content.ts";
import { MalformedXmlError, parseXml, type XmlNode } from "../../parts/parse_xml.ts";
import { element } from "../../parts/write_xml.ts";
import { AzureError, badHeader, badQuery } from "../azure_error.ts";
import type { Block } from "../store/stored_blob.ts";
import { readAttributes } from "./attributes.ts";
import { type Call, containerOf, emptyResponse, xmlResponse } from "./call.ts";
import { checkReadConditions } from "./conditions.ts";
import { findBlob, notFound } from "./find_blob.ts";
import { crc64Of, md5Of, receiveBody, receiveText } from "./receive_body.ts";
import { checkWrite, replaceBlob, writtenHeaders } from "./replace_blob.ts";

/** Bytes of a block below which blocks are joined in memory. */
const SMALL = 65536;

/** Put Block. */
export async function putBlock(call: Call): Promise<WireResponse> {
  const id = readBlockId(call);
  const container = containerOf(call);
  const sentMd5 = call.headers.get("content-md5");
  const { content, crc64 } = await receiveBody(call, {
    limit: call.server.settings.maxBlockSize,
    discard: container.discard,
    crc64: sentMd5 === undefined,
  });
  if (content.size === 0) throw badHeader("Content-Length", "0");
  addBlock(call, id, content);
  return emptyResponse(201, {
    "x-ms-request-server-encrypted": "true",
    ...(sentMd5 !== undefined ? { "Content-MD5": sentMd5 } : { "x-ms-content-crc64": crc64 ?? "" }),
  });
}

/** The id of the block that a call puts: base64 of 64 bytes at most. */
export function readBlockId({ query }: Call): string {
  const id = query.get("blockid");
  if (id === undefined) {
    throw new AzureError("MissingRequiredQueryParameter", { details: { QueryParameterName: "blockid" } });
  }
  const bytes = /^[A-Za-z0-9+/]+={0,2}$/.test(id) && id.length % 4 === 0
    ? id.length / 4 * 3 - id.split("=").length + 1
    : 0;
  if (bytes < 1 || bytes > 64) throw badQuery("blockid", id, "Not a valid base64 string.");
  return id;
}

/** Keeps a block until a list names it. All that are kept have ids of one length. */
export function addBlock(call: Call, id: string, content: Content): void {
  const container = containerOf(call);
  const { server } = call;
  const found = container.entry(call.key);
  found?.lease.check(call.headers.get("x-ms-lease-id"), server.now(), "Blob", true);
  if (found?.current && found.current.type !== "BlockBlob") throw new AzureError("InvalidBlobType");
  if (found?.current?.isDirectory) throw new AzureError("ResourceTypeMismatch");
  const others = found?.uncommitted ?? new Map<string, Block>();
  for (const other of others.keys()) {
    if (other.length !== id.length) throw new AzureError("InvalidBlobOrBlock");
    break;
  }
  if (!others.has(id) && others.size >= server.settings.maxUncommittedBlocks) {
    throw new AzureError("BlockCountExceedsLimit");
  }
  const entry = container.makeEntry(call.key);
  entry.uncommitted.set(id, { id, content });
  entry.blockedAt = server.now();
}

/** Put Block List: what it names becomes the blob, with the attributes of this call alone. */
export async function putBlockList(call: Call): Promise<WireResponse> {
  const attributes = readAttributes(call);
  const text = await receiveText(call);
  const named = readBlockList(text, call.server.settings.maxBlockCount);
  const container = checkWrite(call);
  const entry = container.entry(call.key);
  if (entry?.current && entry.current.type !== "BlockBlob") throw new AzureError("InvalidBlobType");
  const committed = new Map(entry?.current?.blocks.map((block) => [block.id, block]));
  const blocks = named.map(({ name: kind, text: id }) => {
    const fresh = kind === "Committed" ? undefined : entry?.uncommitted.get(id);
    const block = fresh ?? (kind === "Uncommitted" ? undefined : committed.get(id));
    if (!block) throw new AzureError("InvalidBlockList");
    return block;
  });
  const joined = new JoinedContent(blocks.map((block) => block.content));
  // Reads go by the pieces of the content: many small ones are made one.
  const isFine = !container.discard && joined.size < blocks.length * SMALL;
  const content = isFine ? new BytesContent(bytesOf(joined)) : joined;
  const blob = replaceBlob(call, container, attributes, { content, blocks });
  const document = new TextEncoder().encode(text);
  const sent = { size: document.length, slice: () => [document] };
  return emptyResponse(201, {
    ...writtenHeaders(blob),
    ...(call.headers.has("content-md5") && { "Content-MD5": md5Of(sent) }),
    ...(call.headers.has("x-ms-content-crc64") && { "x-ms-content-crc64": crc64Of(sent) }),
  });
}

function readBlockList(text: string, most: number): XmlNode[] {
  let root: XmlNode;
  try {
    root = parseXml(text);
  } catch (error) {
    throw error instanceof MalformedXmlError ? new AzureError("InvalidXmlDocument") : error;
  }
  const kinds = ["Latest", "Committed", "Uncommitted"];
  if (root.name !== "BlockList" || root.children.some(({ name }) => !kinds.includes(name))) {
    throw new AzureError("InvalidXmlDocument");
  }
  if (root.children.length > most) throw new AzureError("BlockListTooLong");
  return root.children;
}

/** Get Block List. */
export function getBlockList(call: Call): WireResponse {
  const type = call.query.get("blocklisttype")?.toLowerCase() ?? "committed";
  if (!["committed", "uncommitted", "all"].includes(type)) throw badQuery("blocklisttype", type);
  const entry = containerOf(call).entry(call.key);
  entry?.lease.check(call.headers.get("x-ms-lease-id"), call.server.now(), "Blob", false);
  const hasBlocks = (entry?.uncommitted.size ?? 0) > 0 && !call.query.has("snapshot");
  const blob = entry?.current || !hasBlocks ? findBlob(call) : undefined;
  if (!blob && !hasBlocks) throw notFound(call);
  if (blob) checkReadConditions(call.headers, blob);
  const told = (blocks: Iterable<Block>) =>
    [...blocks].map(({ id, content }) =>
      element("Block", [element("Name", id), element("Size", content.size)])
    );
  const uncommitted = [...entry?.uncommitted.values() ?? []].sort((a, b) => a.id < b.id ? -1 : 1);
  const children = [
    ...(type === "uncommitted" ? [] : [element("CommittedBlocks", told(blob?.blocks ?? []))]),
    ...(type === "committed" ? [] : [element("UncommittedBlocks", told(uncommitted))]),
  ];
  return xmlResponse("BlockList", children, {
    headers: {
      "x-ms-blob-content-length": String(blob?.content.size ?? 0),
      ...(blob && { "ETag": blob.etag, "Last-Modified": new Date(blob.lastModified).toUTCString() }),
    },
  });
}
