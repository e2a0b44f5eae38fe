import { printableJson } from "@lade/core/text";
import { ErrorMessage } from "../messages/error_message.ts";
import { createStyle } from "../output/style.ts";
import { ExitCode } from "../command/exit_code.ts";

/**
 * Ends the process on an error that nothing has caught, which is a mistake of the program, in the form of all others
 * rather than in that of the platform: escaped, without secrets, as JSON where the user wants JSON.
 */
export function tellUncaught(
  args: readonly string[],
  writeSync: (bytes: Uint8Array) => number,
  exit: (code: number) => void,
  target: EventTarget = globalThis,
): Disposable {
  const tell = (error: unknown) => {
    const message = new ErrorMessage(error, 2);
    const line = args.includes("--json") ? printableJson(message.toJson()) : message.toText(createStyle());
    const bytes = new TextEncoder().encode(`${line}\n`);
    try {
      // Immediately, since the command goes on, and might end with another exit code.
      for (let done = 0; done < bytes.length;) done += writeSync(bytes.subarray(done));
    } catch {
      // There is nowhere left to report it.
    }
    exit(ExitCode.failed);
  };
  const onError = (event: { preventDefault(): void }) => {
    event.preventDefault();
    tell("reason" in event ? event.reason : "error" in event ? event.error : event);
  };
  const names = ["error", "unhandledrejection"];
  for (const name of names) target.addEventListener(name, onError);
  return {
    [Symbol.dispose]() {
      for (const name of names) target.removeEventListener(name, onError);
    },
  };
}
