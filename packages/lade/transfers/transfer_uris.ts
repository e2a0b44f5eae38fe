import { InvalidNameError } from "@lade/core/errors";
import { transfer } from "@lade/transfer";
import { resolveDestination, type UriCalls, uriOfArgument } from "@lade/transfer/places";
import { Outcome } from "./outcome.ts";
import { withLimit } from "./with_limit.ts";
import type { UriTransfer, UriTransferSummary } from "./transfer_options.ts";

/** Copies or moves objects between any two stores. */
export async function transferUris(lade: UriCalls, given: UriTransfer): Promise<UriTransferSummary> {
  const { from, to, recursive = false, move = false, existing = "replace", version, ...rest } = given;
  const { onProgress, onLeftOut, onResult, ...options } = rest;
  if (typeof to !== "string" || !(typeof from === "string" || (from && Symbol.iterator in from))) {
    throw new TypeError("Cannot transfer without from, a URI or a list of them, and to, a URI");
  }
  const sources = (typeof from === "string" ? [from] : [...from]).map(uriOfArgument);
  if (sources.length === 0) throw new TypeError("Cannot transfer nothing: from needs a URI or a path");
  if (version !== undefined && (recursive || move || sources.length > 1)) {
    throw new TypeError("Cannot transfer a version but that of one object, by copying it");
  }
  if (!["replace", "skip", "fail"].includes(existing)) {
    const given = JSON.stringify(existing);
    throw new TypeError(`Cannot transfer with existing ${given}: it is "replace", "skip" or "fail"`);
  }
  const operation = move ? "move" : "copy";
  const destination = await resolveDestination(lade, uriOfArgument(to), recursive);
  if (destination.kind === "object" && sources.length > 1) {
    const detail = "several sources need a prefix, which ends in /";
    throw new InvalidNameError({ operation: `${operation} to`, uri: to, detail });
  }
  const outcome = new Outcome({
    action: `${operation} to`,
    uri: to,
    failsOnExisting: existing === "fail",
    ...(onProgress && { onProgress }),
    ...(onLeftOut && { onLeftOut }),
    ...(onResult && { onResult }),
  });
  return await withLimit(lade, options.concurrency, async () => {
    await transfer(lade, {
      ifIgnored: "refuse",
      signal: new AbortController().signal,
      ...options,
      operation,
      sources,
      destination,
      recursive,
      move,
      createOnly: existing !== "replace",
      ...(version !== undefined && { version }),
    }, outcome);
    return { ...outcome.summary(), skipped: outcome.skips };
  });
}
