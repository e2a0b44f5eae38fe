import { system, type SystemFile } from "@lade/core/system";
import { SpecialFile } from "../files/special_file.ts";
import type { WriteTarget } from "./resolve_target.ts";

/** Opens what is written into. A pipe that nobody reads is waited for until the signal ends it. */
export async function openSpecial(
  { path, into }: WriteTarget,
  signal: AbortSignal | undefined,
): Promise<SpecialFile> {
  signal?.throwIfAborted();
  const opening = system.open(path, into === "end" ? { append: true } : { write: true });
  if (!signal) return new SpecialFile(await opening);
  const stopped = Promise.withResolvers<never>();
  const onAbort = () => {
    stopped.reject(signal.reason);
    releaseOpening(path, opening);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return new SpecialFile(await Promise.race([opening, stopped.promise]));
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Opening a pipe waits for a reader, and cannot be called back: being one for a moment ends it. */
function releaseOpening(path: string, opening: Promise<SystemFile>): void {
  const close = (file: SystemFile) => file.close();
  opening.then(close, () => {});
  system.open(path, { read: true, write: true }).then(close, () => {});
}
