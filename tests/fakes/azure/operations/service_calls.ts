import type { WireResponse } from "@lade/testing/http";
import { MalformedXmlError, parseXml, textOf, type XmlNode } from "../../parts/parse_xml.ts";
import { element, Xml } from "../../parts/write_xml.ts";
import { AzureError } from "../azure_error.ts";
import { type Call, emptyResponse, xmlResponse } from "./call.ts";
import { encodedName, tagsElement } from "./list_elements.ts";
import { receiveText } from "./receive_body.ts";

/** Get Account Information. */
export function getAccountInformation({ account }: Call): WireResponse {
  return emptyResponse(200, {
    "x-ms-sku-name": account.skuName,
    "x-ms-account-kind": account.kind,
    "x-ms-is-hns-enabled": String(account.hierarchical),
  });
}

/** Get Blob Service Properties: what is kept of deleted blobs and of the account's settings. */
export function getServiceProperties({ account, server }: Call): WireResponse {
  const retention = (days: number) => [
    element("Enabled", days > 0),
    days > 0 ? element("Days", days) : undefined,
  ];
  const off = [element("Enabled", false)];
  return xmlResponse("StorageServiceProperties", [
    element("Logging", [
      element("Version", "1.0"),
      element("Delete", false),
      element("Read", false),
      element("Write", false),
      element("RetentionPolicy", off),
    ]),
    element("HourMetrics", [element("Version", "1.0"), ...off, element("RetentionPolicy", off)]),
    element("MinuteMetrics", [element("Version", "1.0"), ...off, element("RetentionPolicy", off)]),
    new Xml("<Cors />"),
    element("DefaultServiceVersion", server.settings.version),
    element("DeleteRetentionPolicy", [
      ...retention(account.softDeleteDays),
      element("AllowPermanentDelete", true),
    ]),
    element("StaticWebsite", off),
  ]);
}

/** Set Blob Service Properties: how long deleted blobs are kept; the rest is read and kept by nobody here. */
export async function setServiceProperties(call: Call): Promise<WireResponse> {
  const policy = childOf(
    readDocument(await receiveText(call), "StorageServiceProperties"),
    "DeleteRetentionPolicy",
  );
  if (policy) {
    const isOn = textOf(policy, "Enabled") === "true";
    call.account.softDeleteDays = isOn ? Number(textOf(policy, "Days") ?? "7") : 0;
  }
  return emptyResponse(202);
}

/** Get Blob Service Stats. */
export function getServiceStats({ server }: Call): WireResponse {
  const synced = new Date(server.now()).toUTCString();
  return xmlResponse("StorageServiceStats", [
    element("GeoReplication", [element("Status", "live"), element("LastSyncTime", synced)]),
  ]);
}

/** Get User Delegation Key. */
export async function getUserDelegationKey(call: Call): Promise<WireResponse> {
  const { identity, server } = call;
  const root = readDocument(await receiveText(call), "KeyInfo");
  const now = server.now();
  const [start, expiry] = [
    textOf(root, "Start") ?? new Date(now).toISOString(),
    textOf(root, "Expiry") ?? "",
  ];
  const ends = Date.parse(expiry);
  if (identity.kind !== "bearer" || !(ends > now && ends <= now + 7 * 24 * 3_600_000)) {
    throw new AzureError("InvalidInput");
  }
  const plain = (text: string) => new Date(text).toISOString().replace(/\.\d+Z$/, "Z");
  const fields = [
    identity.principal.objectId,
    server.tokens.tenantId,
    plain(start),
    plain(expiry),
    "b",
    call.version,
  ];
  const names = ["SignedOid", "SignedTid", "SignedStart", "SignedExpiry", "SignedService", "SignedVersion"];
  return xmlResponse("UserDelegationKey", [
    ...names.map((name, index) => element(name, fields[index])),
    element("Value", server.tokens.delegationKey(fields)),
  ]);
}

/** Find Blobs By Tags: comparisons for equality, all of which must hold, of one container where that is named. */
export function findBlobsByTags(call: Call): WireResponse {
  const where = call.query.get("where") ?? "";
  const wanted = where.split(/ and /i).map((part) => {
    const [, name, value] = /^\s*(?:"([^"]*)"|@container)\s*=\s*'([^']*)'\s*$/.exec(part) ?? [];
    if (value === undefined) throw new AzureError("InvalidQueryParameterValue");
    return { name, value };
  });
  const found = [...call.account.containers.values()]
    .filter(({ name }) => call.containerName === "" || name === call.containerName)
    .flatMap((container) => container.entries("utf8").map((entry) => ({ container, blob: entry.current })))
    .filter(({ container, blob }) =>
      blob &&
      wanted.every(({ name, value }) => (name === undefined ? container.name : blob.tags.get(name)) === value)
    );
  const blobs = found.map(({ container, blob }) =>
    element("Blob", [
      encodedName(blob?.key ?? ""),
      element("ContainerName", container.name),
      tagsElement(blob?.tags ?? new Map()),
    ])
  );
  const url = `${call.server.url()}${call.accountPath}/`;
  const children = [element("Where", where), element("Blobs", blobs), element("NextMarker", "")];
  return xmlResponse("EnumerationResults", children, { attributes: ` ServiceEndpoint="${url}"` });
}

function readDocument(text: string, root: string): XmlNode {
  try {
    const document = parseXml(text);
    if (document.name === root) return document;
  } catch (error) {
    if (!(error instanceof MalformedXmlError)) throw error;
  }
  throw new AzureError("InvalidXmlDocument");
}

function childOf(node: XmlNode, name: string): XmlNode | undefined {
  return node.children.find((child) => child.name === name);
}
