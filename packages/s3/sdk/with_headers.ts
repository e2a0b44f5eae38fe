import type { HeaderRecord } from "../headers/read_headers.ts";

/** The part of a command of the SDK by which its request can be changed before it is signed. */
interface ChangeableCommand {
  readonly middlewareStack: {
    add(
      // deno-lint-ignore no-explicit-any
      middleware: (next: (args: any) => Promise<any>) => (args: any) => Promise<any>,
      options: { readonly step: "build"; readonly name: string },
    ): void;
  };
}

/**
 * Gives a command of the SDK the headers that a request of our own has for the same: so that attributes, encryption and
 * conditions are written in one way.
 */
export function withHeaders<Command extends ChangeableCommand>(
  command: Command,
  headers: HeaderRecord,
): Command {
  command.middlewareStack.add((next) => (args) => {
    Object.assign(args.request.headers, headers);
    return next(args);
  }, { step: "build", name: "headers" });
  return command;
}
