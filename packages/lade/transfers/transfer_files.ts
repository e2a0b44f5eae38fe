import { AlreadyExistsError, InvalidNameError } from "@lade/core/errors";
import { transfer } from "@lade/transfer";
import {
  directoryUri,
  fileUri,
  isPrefix,
  locate,
  resolveDestination,
  type UriCalls,
} from "@lade/transfer/places";
import { Outcome } from "./outcome.ts";
import { withLimit } from "./with_limit.ts";
import type { TransferFilesOptions, TransferSummary } from "./transfer_options.ts";

/** Uploads files, and directories with all below them, to a prefix. */
export async function uploadFiles(
  lade: UriCalls,
  paths: Iterable<string>,
  uri: string,
  options: TransferFilesOptions,
): Promise<TransferSummary> {
  if (!uri.endsWith("/")) {
    const detail = "a prefix is needed, which ends in /";
    throw new InvalidNameError({ operation: "upload to", uri, detail });
  }
  const outcome = outcomeOf("upload to", uri, options);
  const sources: string[] = [];
  for (const path of paths) {
    try {
      sources.push(fileUri(path));
    } catch (error) {
      await outcome.failed(path, error);
    }
  }
  const request = { ...requestOf(options), guessContentType: options.guessContentType ?? true };
  const destination = await resolveDestination(lade, uri, true);
  return await withLimit(lade, options.concurrency, async () => {
    await transfer(lade, { ...request, sources, destination, recursive: true }, outcome);
    return outcome.summary();
  });
}

/** Downloads an object, or everything under a prefix, into a directory. */
export async function downloadFiles(
  lade: UriCalls,
  uri: string,
  directory: string,
  options: TransferFilesOptions,
): Promise<TransferSummary> {
  const recursive = isPrefix(await locate(lade, uri));
  const to = directoryUri(directory);
  try {
    await lade.createContainer(to);
  } catch (error) {
    if (!(error instanceof AlreadyExistsError)) throw error;
  }
  const outcome = outcomeOf("download", uri, options);
  const destination = await resolveDestination(lade, to, true);
  // A script that takes what there is may find nothing.
  const request = { ...requestOf(options), allowMissing: true };
  return await withLimit(lade, options.concurrency, async () => {
    await transfer(lade, { ...request, sources: [uri], destination, recursive }, outcome);
    return outcome.summary();
  });
}

function outcomeOf(action: string, uri: string, { onProgress, onLeftOut }: TransferFilesOptions): Outcome {
  return new Outcome({
    action,
    uri,
    failsOnExisting: true,
    ...(onProgress && { onProgress }),
    ...(onLeftOut && { onLeftOut }),
  });
}

function requestOf(options: TransferFilesOptions) {
  const { onProgress: _, onLeftOut: _leftOut, ...rest } = options;
  const { signal } = new AbortController();
  return { ifIgnored: "refuse", signal, ...rest, operation: "copy", move: false } as const;
}
