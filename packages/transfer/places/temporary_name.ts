import { system } from "@lade/core/system";

/** The name of a file that a process writes in one go, with the number of that process: listings and sweeps know it. */
export const TEMPORARY_NAME: RegExp = /^\.lade-[0-9a-f]{16}-(\d+)~tmp$/;

/** A new name for something that this process makes and removes, or renames, in a local directory. */
export function temporaryName(): string {
  return `.lade-${crypto.getRandomValues(new Uint8Array(8)).toHex()}-${system.pid}~tmp`;
}
