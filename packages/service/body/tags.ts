import type { CallName } from "@lade/core/errors";
import { encodeStrict } from "@lade/service/http";
import { childText, type XmlElement } from "@lade/service/xml";
import { unlikeService } from "./unlike_service.ts";

/** Tags as the header of a write has them: as a query. */
export function tagsAsQuery(tags: Readonly<Record<string, string>>): string {
  return Object.entries(tags).map(([name, value]) => `${encodeStrict(name)}=${encodeStrict(value)}`).join(
    "&",
  );
}

/** The tags below a root element: `TagSet`, `Tag`, `Key` and `Value`. One without a name is a `ServiceError`. */
export function readTags(root: XmlElement, service: string, call: CallName): Record<string, string> {
  const set = root.children.find(({ name }) => name === "TagSet")?.children ?? [];
  return Object.fromEntries(set.map((tag) => {
    const name = childText(tag, "Key");
    if (!name) throw unlikeService(call, service, "a tag has no name");
    return [name, childText(tag, "Value") ?? ""];
  }));
}
