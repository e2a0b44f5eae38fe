import { system } from "@lade/core/system";
import { ExitCode } from "../command/exit_code.ts";
import { InterruptError } from "../command/interrupt_error.ts";

const EXIT_CODES: Partial<Record<Deno.Signal, number>> = system.build.os === "windows"
  ? { SIGINT: ExitCode.interrupted }
  : { SIGINT: ExitCode.interrupted, SIGTERM: ExitCode.terminated, SIGHUP: ExitCode.hangup };

/**
 * What comes within this time is one request: a terminal sends Ctrl-C to the command and to what started it, as
 * `deno task` or `npm`, which passes it on.
 */
const SAME_REQUEST_MS = 250;

/**
 * Aborts with an {@linkcode InterruptError} when the process is asked to stop, so that the command can put away what
 * is half done. A second request calls `exit` immediately. `nowMs` is a clock that never goes back.
 */
export function watchSignals(
  controller: AbortController,
  exit: (code: number) => void,
  nowMs: () => number = () => performance.now(),
): Disposable {
  let askedMs = 0;
  const listeners = Object.entries(EXIT_CODES).map(([name, code]) => {
    const listener = () => {
      if (!(controller.signal.reason instanceof InterruptError)) {
        askedMs = nowMs();
        controller.abort(new InterruptError(name, code));
      } else if (nowMs() - askedMs >= SAME_REQUEST_MS) exit(code);
    };
    system.addSignalListener(name as Deno.Signal, listener);
    return [name as Deno.Signal, listener] as const;
  });
  return {
    [Symbol.dispose]() {
      for (const [name, listener] of listeners) system.removeSignalListener(name, listener);
    },
  };
}
