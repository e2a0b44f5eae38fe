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
  const expires = new Date(lade.context.clock.now() + expiresInMs);
  const url = await untilAborted(place.store.presign(place.key, { method, expiresInMs }), signal);
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
