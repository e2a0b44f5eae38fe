import { readChunks } from "@lade/core/operations";
import { explainMissing } from "../places/explain_missing.ts";
import { locate } from "../places/place.ts";
import { refuseSeveral } from "../places/refuse_several.ts";
import { needContent } from "../places/need_content.ts";
import { VerificationMessage } from "../messages/verification_message.ts";
import { cutBytes } from "../transfer/cut_bytes.ts";
import { inputOf, isStandardInput, standardInput } from "../transfer/input.ts";
import { type Verification, verifiedChunks } from "../transfer/verification.ts";
import type { RunCommand } from "../program/command.ts";
import type { CommandContext } from "../program/command_context.ts";
import type { CatOptions } from "./cat.ts";

/** Prints each object, in order; one that fails does not keep back the next. */
export const runCat: RunCommand<CatOptions> = async (context, options) => {
  refuseSeveral(options.uris, options.version);
  const { output, fail } = context;
  output.rawResults = true;
  for (const argument of options.uris) {
    try {
      await printOne(context, argument, options);
    } catch (error) {
      await fail(error);
    }
  }
};

async function printOne(context: CommandContext, argument: string, options: CatOptions): Promise<void> {
  const { output, settings, signal, terminal } = context;
  const { offset, length, version } = options;
  const lade = await context.lade();
  const place = await locate(lade, argument);
  const input = isStandardInput(argument) ? standardInput(terminal.stdin) : await inputOf(place.uri);
  if (input && version === undefined) {
    for await (const chunk of cutBytes(input.read(signal), offset, length)) await output.bytes(chunk);
    return;
  }
  const onVerified = (verification: Verification) => {
    if (settings.verbosity > 0) void output.note(new VerificationMessage(verification));
  };
  const part = offset > 0 || length !== undefined;
  const range = { offset, ...(length !== undefined && { length }) };
  await needContent(place, { operation: "get", advice: "use ls", version, signal });
  const reading = { signal, ...(part && { range }), ...(version !== undefined && { version }) };
  await using chunks = await readChunks(place.store, place.key, reading)
    .catch(async (error) => {
      if (version !== undefined) throw error;
      throw await explainMissing(error, { lade, place, operation: "get", advice: "use ls", signal });
    });
  for await (const chunk of verifiedChunks(chunks, place, onVerified)) await output.bytes(chunk);
}
