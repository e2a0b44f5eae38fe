import { InvalidNameError } from "@lade/core/errors";
import { NoteMessage } from "../messages/note_message.ts";
import { PresignedMessage } from "../messages/presigned_message.ts";
import { canBeObject, locate } from "../places/place.ts";
import type { RunCommand } from "../program/command.ts";
import type { PresignCommandOptions } from "./presign.ts";

/** Prints the URL of one object. */
export const runPresign: RunCommand<PresignCommandOptions> = async (
  context,
  { uri, method, expiresInMs },
) => {
  const { output, signal } = context;
  const lade = await context.lade();
  const place = await locate(lade, uri);
  if (!canBeObject(place)) {
    const detail = "it is a prefix, an object is needed";
    throw new InvalidNameError({ operation: "presign", uri: place.uri, detail });
  }
  if (place.key.endsWith("/")) {
    await output.note(new NoteMessage("the URL is that of an object whose very key ends in a slash"));
  }
  let expires = new Date(lade.context.clock.now() + expiresInMs);
  let warning: string | undefined;
  const onShortened = (end: Date | undefined) => {
    warning = end
      ? `the URL ends at ${end.toISOString()}, sooner than was asked: the credentials that sign it do`
      : "the URL ends with the temporary credentials that sign it, and nobody says when that is";
    if (end) expires = end;
  };
  const signed = place.store.presign(place.key, { method, expiresInMs, onShortened });
  const url = await untilAborted(signed, signal);
  if (warning !== undefined) await output.note(new NoteMessage(warning));
  await output.result(new PresignedMessage({ uri: place.uri, method, url: url.href, expires }));
};

/** The contract gives `presign` no signal, though it may ask a service for credentials or the region. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
