import { type GetTagsOptions, UnsupportedError } from "@lade/core/backend";
import { readTags } from "@lade/service/body";
import type { FailedCall } from "@lade/service/errors";
import { escapeXml, parseXml } from "@lade/service/xml";
import { AZURE_NAMES } from "../client/azure_names.ts";
import { type AzureTarget, pathOf } from "../client/azure_target.ts";
import { versionQuery } from "../client/version_query.ts";

/** Asks for the tags of a blob. */
export async function getTags(
  target: AzureTarget,
  key: string,
  options: GetTagsOptions,
  call: FailedCall,
): Promise<Record<string, string>> {
  if (target.capabilities.tags === false) {
    throw new UnsupportedError({ ...call, detail: "an account with directories has no tags" });
  }
  const query = { comp: "tags", ...versionQuery(options.version) };
  const request = { method: "GET", path: pathOf(target, key), query, signal: options.signal, call };
  const root = await target.client.readDocument({ ...request, root: "Tags" }, parseXml);
  return readTags(root, AZURE_NAMES.service, call);
}

// "Set Blob Tags" of the reference.
const TAG = /^[A-Za-z0-9 +\-./:=_]*$/;

/** Throws an `UnsupportedError` for tags that the service does not take. */
export function checkTags({ operation, uri }: FailedCall, tags: Readonly<Record<string, string>>): void {
  const fault = Object.entries(tags).find(([name, value]) =>
    !TAG.test(name) || !TAG.test(value) || name === "" || name.length > 128 || value.length > 256
  );
  const detail = fault
    ? `the service takes no tag ${JSON.stringify(fault.join("="))}: letters of ASCII, digits, spaces and ` +
      "+ - . / : = _ make tags, 128 of them a name, 256 a value"
    : Object.keys(tags).length > 10
    ? `the service takes 10 tags at most, ${Object.keys(tags).length} were given`
    : undefined;
  if (detail !== undefined) throw new UnsupportedError({ operation, uri, detail });
}

/** The document that gives a blob its tags. */
export function writeTags(tags: Readonly<Record<string, string>>): Uint8Array<ArrayBuffer> {
  const set = Object.entries(tags).map(([name, value]) =>
    `<Tag><Key>${escapeXml(name)}</Key><Value>${escapeXml(value)}</Value></Tag>`
  );
  const text = `<?xml version="1.0" encoding="utf-8"?><Tags><TagSet>${set.join("")}</TagSet></Tags>`;
  return new TextEncoder().encode(text);
}
