import { ExitCode } from "../command/exit_code.ts";
import { InterruptError } from "../command/interrupt_error.ts";

const EXIT_CODES: Partial<Record<Deno.Signal, number>> = Deno.build.os === "windows"
  ? { SIGINT: ExitCode.interrupted }
  : { SIGINT: ExitCode.interrupted, SIGTERM: ExitCode.terminated, SIGHUP: ExitCode.hangup };

/**
 * Aborts with an {@linkcode InterruptError} when the process is asked to stop, so that the command can put away what
 * is half done. A second request calls `exit` immediately.
 */
export function watchSignals(controller: AbortController, exit: (code: number) => void): Disposable {
  const listeners = Object.entries(EXIT_CODES).map(([name, code]) => {
    const listener = () => {
      if (controller.signal.reason instanceof InterruptError) exit(code);
      else controller.abort(new InterruptError(name, code));
    };
    Deno.addSignalListener(name as Deno.Signal, listener);
    return [name as Deno.Signal, listener] as const;
  });
  return {
    [Symbol.dispose]() {
      for (const [name, listener] of listeners) Deno.removeSignalListener(name, listener);
    },
  };
}
