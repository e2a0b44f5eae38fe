/**
 * What becomes of symbolic links in a local tree: what they lead to goes, as far as the store follows them; they are left
 * out with a note; or they go as links.
 */
export type LinkMode = "follow" | "skip" | "preserve";

/** The end of the name of an object that is a link: its content is where that leads. It is that of rclone. */
export const LINK_SUFFIX = ".rclonelink";

/** Whether an object of this name is a link. */
export function isLinkName(name: string): boolean {
  return name.endsWith(LINK_SUFFIX) && !/(?:^|\/)\.rclonelink$/.test(name);
}
