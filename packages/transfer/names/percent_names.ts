import { WINDOWS_DEVICE } from "@lade/core/backend";
import type { NamePlatform } from "./name_fault.ts";

const CODE = /%([0-7][0-9A-F])/g;
/** A percent sign that would be read as the beginning of a code. */
const CODE_LIKE = /%(?=[0-7][0-9A-F])/g;
const POSIX_CHARACTERS = /[\\\0]/g;
// deno-lint-ignore no-control-regex
const WINDOWS_CHARACTERS = /[\0-\x1f\\<>:"|?*]/g;
/** A slash that begins or ends a name, or follows another: there is an empty part beside it. */
const ODD_SLASH = /^\/|(?<=\/)\/|\/$/g;
/** Names that are kept for unfinished writes. */
const UNFINISHED = /^\.lade-[0-9a-f]{16}(?:-[0-9]+~tmp|~upload(?:-record)?)$/;

/**
 * A name of which a file can be made, with what a file system has no place for as a percent sign and two digits: `a//b` is
 * `a/%2Fb`, `..` is `%2E%2E`. {@linkcode decodeName} gives back the very name. Neither too long names nor what is not
 * valid Unicode has a form.
 */
export function encodeName(name: string, platform: NamePlatform = "posix"): string {
  const characters = platform === "windows" ? WINDOWS_CHARACTERS : POSIX_CHARACTERS;
  return name.replace(CODE_LIKE, "%25").replace(characters, codeOf).replace(ODD_SLASH, codeOf)
    .split("/").map((part) => encodePart(part, platform)).join("/");
}

/** The name that {@linkcode encodeName} made this one of. */
export function decodeName(name: string): string {
  return name.replace(CODE, (_, digits) => String.fromCharCode(parseInt(digits, 16)));
}

function encodePart(part: string, platform: NamePlatform): string {
  if (part === "." || part === "..") return part.replaceAll(".", codeOf);
  if (UNFINISHED.test(part)) return part.replace(".", codeOf);
  if (platform !== "windows") return part;
  return part.replace(/[. ]$/, codeOf).replace(WINDOWS_DEVICE, (device) => device.replace(/^./s, codeOf));
}

function codeOf(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}
