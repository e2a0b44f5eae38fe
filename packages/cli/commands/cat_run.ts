import { readChunks } from "@lade/core/operations";
import { explainMissing } from "../places/explain_missing.ts";
import { locate } from "../places/place.ts";
import { needContent } from "../places/need_content.ts";
import { VerificationMessage } from "../messages/verification_message.ts";
import { type Verification, verifiedChunks } from "../transfer/verification.ts";
import type { RunCommand } from "../program/command.ts";
import type { CatOptions } from "./cat.ts";

/** Prints each object, in order; one that fails does not keep back the next. */
export const runCat: RunCommand<CatOptions> = async (context, { offset, length, uris }) => {
  const { output, settings, signal, fail } = context;
  const lade = await context.lade();
  const onVerified = (verification: Verification) => {
    if (settings.verbosity > 0) void output.note(new VerificationMessage(verification));
  };
  output.rawResults = true;
  const part = offset > 0 || length !== undefined;
  const range = { offset, ...(length !== undefined && { length }) };
  for (const argument of uris) {
    try {
      const place = await locate(lade, argument);
      await needContent(place, { operation: "get", advice: "use ls", signal });
      await using chunks = await readChunks(place.store, place.key, { signal, ...(part && { range }) })
        .catch(async (error) => {
          throw await explainMissing(error, { lade, place, operation: "get", advice: "use ls", signal });
        });
      for await (const chunk of verifiedChunks(chunks, place, onVerified)) await output.bytes(chunk);
    } catch (error) {
      await fail(error);
    }
  }
};
