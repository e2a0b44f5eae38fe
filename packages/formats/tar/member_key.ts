import { tarFault } from "./tar_fault.ts";
import type { TarMember } from "./tar_member.ts";

/**
 * The key that a member is unpacked to: its name without `./` and doubled slashes. A name that leads out of the place it is
 * unpacked in, an absolute one or one with `..`, is a `FormatError`, and so is one that nothing is left of.
 */
export function memberKey({ name, headerOffset }: TarMember, uri: string): string {
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  const fault = pathFault(name.endsWith("/") ? name.slice(0, -1) : name) ??
    (parts.length === 0 ? "the name has no part" : undefined);
  if (fault === undefined) return parts.join("/");
  const detail = `member ${JSON.stringify(name)} is not unpacked: ${fault}`;
  throw tarFault({ uri, offset: headerOffset }, detail);
}

/** Why a name is no path below the place that an archive is unpacked in; `undefined` for one that is. */
export function pathFault(name: string): string | undefined {
  if (name === "") return "the name is empty";
  if (name.startsWith("/")) return "the name begins with a slash";
  if (name.endsWith("/")) return "the name ends in a slash";
  if (name.split("/").includes("..")) return "the name has .. in it";
  return undefined;
}
