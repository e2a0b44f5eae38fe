import type { CallName } from "@lade/core/backend";
import { closeLocked, system } from "@lade/core/system";
import { isSameFile, statusOf } from "../files/file_status.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { freeName } from "./free_name.ts";
import { lockFile } from "./lock_object.ts";
import { fold } from "./refuse_other_form.ts";

/**
 * Gives the file `from` the name `to` if that is free, on file systems without hard links: a process that creates this name
 * first locks a claim beside it, under a temporary name that follows from `to`. The end of a process is the end of its
 * claim; a claim that was left behind is taken over. Writers that do not use this call are not held off.
 */
export async function claimFreeName(
  setup: LocalSetup,
  subject: CallName,
  from: string,
  to: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { calls, context } = setup;
  const path = claimPath(to);
  for (;;) {
    const claim = await system.open(path, { write: true, create: true });
    using _unlocked = { [Symbol.dispose]: () => closeLocked(claim) };
    await lockFile(claim, subject, context.clock, signal);
    const now = await calls.present(calls.lstat(path));
    // The last holder removed its claim while this one waited for it.
    if (!now || !isSameFile(now, statusOf(await claim.stat()))) continue;
    try {
      await freeName(setup, subject, to);
      return await calls.rename(from, to);
    } finally {
      await calls.remove(path);
    }
  }
}

/**
 * The claim of a name: a temporary name made of a 64-bit FNV-1a hash, with 0 for the process. Names that a file system may
 * take for one have one claim.
 */
function claimPath(to: string): string {
  const slash = to.lastIndexOf("/") + 1;
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(fold(to.slice(slash)))) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return `${to.slice(0, slash)}.lade-${hash.toString(16).padStart(16, "0")}-0~tmp`;
}
