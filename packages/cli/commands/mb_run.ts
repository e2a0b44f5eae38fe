import { OperationMessage } from "../messages/operation_message.ts";
import { localPathOf, uriOfArgument } from "../places/place.ts";
import type { RunCommand } from "../program/command.ts";
import type { MbOptions } from "./mb.ts";

/** Makes each container. */
export const runMb: RunCommand<MbOptions> = async (
  { name, lade, output, signal, fail },
  { uris, dryRun },
) => {
  for (const argument of uris) {
    try {
      const uri = containerUri(argument);
      if (!dryRun) await (await lade()).createContainer(uri, { signal });
      await output.done(new OperationMessage({ operation: name, destination: uri, dryRun }));
    } catch (error) {
      await fail(error);
    }
  }
};

/** A directory is a container by the slash at its end. */
function containerUri(argument: string): string {
  const uri = uriOfArgument(argument);
  return localPathOf(uri) === undefined || uri.endsWith("/") ? uri : `${uri}/`;
}
