/** Names of devices, with any ending. */
export const WINDOWS_DEVICE: RegExp =
  /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(?:\.|$)/i;
/** What Windows keeps for itself, or has a meaning for, besides control characters. */
const KEPT = /[<>:"|?*\\]/;

/** Why no file of Windows can have a name, a part of a path; `undefined` where one can. */
export function windowsNameFault(name: string): string | undefined {
  // deno-lint-ignore no-control-regex
  if (/[\x01-\x1f]/.test(name)) return "holds a control character";
  const [kept] = KEPT.exec(name) ?? [];
  if (kept !== undefined) return `holds ${JSON.stringify(kept)}`;
  if (/[. ]$/.test(name)) return "ends in a dot or space";
  return WINDOWS_DEVICE.test(name) ? "is the name of a device" : undefined;
}
