/** Why no archive has a member of this name, as a clause that follows a colon; `undefined` where one may. */
export function checkMemberName(name: string): string | undefined {
  if (name === "") return "it is empty";
  if (name.includes("\0") || name.includes("\\")) return "it has a NUL or a backslash";
  if (name.startsWith("/") || /^[A-Za-z]:/.test(name)) return "it leads to a place outside";
  return name.split("/").includes("..") ? "it leads to a place outside" : undefined;
}
