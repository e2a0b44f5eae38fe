import type { SystemFile } from "@lade/core/system";
import { type IoGate, writeMs } from "./io_gate.ts";

/** Largest write that may hold up the event loop. */
const MAX_SYNC_BYTES = 2 ** 20;
/** Bytes handed to the system in one call; an abort waits for no more than these. */
const MAX_WRITE_BYTES = 2 ** 24;

/** Writes all of `bytes` where the file stands, synchronously where that is quick, unless the signal ends it. */
export async function writeFully(
  file: Pick<SystemFile, "write" | "writeSync">,
  bytes: Uint8Array,
  gate: IoGate,
  signal?: AbortSignal,
): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    signal?.throwIfAborted();
    const piece = bytes.subarray(done, done + MAX_WRITE_BYTES);
    done += piece.length > MAX_SYNC_BYTES
      ? await file.write(piece)
      : await gate.run(() => file.writeSync(piece), () => file.write(piece), writeMs(piece.length));
  }
}
