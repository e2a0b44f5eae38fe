import { system } from "@lade/core/system";
import type { FileStatus } from "../files/file_status.ts";
import { writeMs } from "../files/io_gate.ts";
import type { LocalSetup } from "../tree/local_setup.ts";
import { copyAcross } from "./copy_across.ts";
import { copySparsely } from "./copy_sparsely.ts";
import { removeTemporary } from "./temporary_file.ts";

const PERMISSIONS = 0o777;
/** Set-user-id, set-group-id and sticky bits. */
const SPECIAL = 0o7000;
/** Bytes of a file that may be copied synchronously, without another thread. */
const SMALL = 2 ** 18;
/** What it takes to make a file, in milliseconds, beyond what a single call does. */
const MAKE_MS = 0.05;

/**
 * Copies the bytes of a file to a new one, until it is done or the signal ends it. The copy is open to whom its source
 * is, but for the set-user-id and set-group-id bits: it may have another owner.
 *
 * It is the system's copy, which shares the blocks where the file system can. That one fills holes and takes all bits
 * along, so files that have either are copied here, and so are those on their way from `file://` to `direct://` or back,
 * and all where something bounds how fast bytes go.
 * The system's copy cannot be stopped: its file is gone all the same.
 */
export async function copyContent(
  setup: LocalSetup,
  store: LocalSetup,
  from: string,
  source: FileStatus,
  to: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  if (source.blocks * 512 < source.size || (source.mode & SPECIAL) !== 0) {
    await copySparsely(from, to, signal, setup.context.bandwidth);
    return await setup.calls.chmod(to, source.mode & PERMISSIONS);
  }
  const isAcross = Boolean(store.medium.readSync) !== Boolean(setup.medium.readSync);
  if (isAcross || setup.context.bandwidth) {
    await copyAcross(setup, store.medium, from, to, source.size, signal);
    return await setup.calls.chmod(to, source.mode & PERMISSIONS);
  }
  const later = () => copyLater(setup, from, to, signal);
  if (source.size > SMALL) return await later();
  // To hand it to another thread and back would take longer than the copy.
  await setup.gate.run(() => system.copyFileSync(from, to), later, writeMs(source.size) + MAKE_MS);
}

async function copyLater(
  setup: LocalSetup,
  from: string,
  to: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const copying = system.copyFile(from, to);
  if (!signal) return await copying;
  const stopped = Promise.withResolvers<never>();
  const onAbort = () => {
    stopped.reject(signal.reason);
    const remove = () => removeTemporary(setup, to);
    copying.then(remove, remove);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([copying, stopped.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Gives a copy the owner and all mode bits of its source, as a move does; without the right to, what is safe of them. */
export async function takeOwner({ calls }: LocalSetup, path: string, source: FileStatus): Promise<void> {
  const { uid, gid, mode } = await calls.lstat(path);
  let bits = source.mode & (PERMISSIONS | SPECIAL);
  if (uid !== source.uid || gid !== source.gid) {
    try {
      await system.chown(path, source.uid, source.gid);
    } catch {
      bits &= PERMISSIONS;
    }
  }
  if (bits !== (mode & (PERMISSIONS | SPECIAL)) || (bits & SPECIAL) !== 0) await calls.chmod(path, bits);
}
