import { InvalidNameError } from "@lade/core/errors";
import { defineCommand } from "../command/command.ts";
import type { CommandContext } from "../command/command_context.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import { PresignedMessage } from "../messages/listing_messages.ts";
import { canBeObject, locate } from "@lade/transfer/places";
import { argument, option, type ValuesOf } from "../syntax/option.ts";
import { choiceValue, durationValue } from "../values/plain_values.ts";
import { placeValue } from "../values/place_value.ts";

const options = {
  method: option(
    ["--method"],
    choiceValue({ metavar: "METHOD", choices: ["GET", "PUT", "DELETE"], anyCase: true }),
    "GET",
    "What the URL permits: GET (the default), PUT or DELETE.",
  ),
  expiresInMs: option(
    ["--expires"],
    durationValue({ most: "7d", isSeconds: true }),
    900_000,
    "How long the URL works, such as 90s, 1h30m or 7d, the longest; 15m by default.",
  ),
  uri: argument(placeValue({ metavar: "URI", dash: false }), "An object."),
};

type PresignCommandOptions = ValuesOf<typeof options>;

/** `lade presign`. */
export const presign = defineCommand({
  name: "presign",
  brief: "Print a URL that needs no credentials",
  description:
    "Prints a URL by which anybody who has it can read, write or remove one object until it expires. \
It ends sooner where the credentials that sign it do. Whether the object is there is not looked up.",
  usage: "URI",
  examples: [
    ["lade presign --expires 1h s3://bucket/model.bin", "prints a link for downloading"],
    ['curl -T a.bin "$(lade presign --method PUT s3://bucket/a.bin)"', "uploads by a link"],
  ],
  options,
  whenUnread: "ends",
  run: runPresign,
});

/** Prints the URL of one object. */
async function runPresign(
  context: CommandContext,
  { uri, method, expiresInMs }: PresignCommandOptions,
): Promise<void> {
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
  let headers: Readonly<Record<string, string>> | undefined;
  const onHeaders = (needed: typeof headers) => void (headers = needed);
  const signed = place.store.presign(place.key, { method, expiresInMs, onShortened, onHeaders });
  const url = await untilAborted(signed, signal);
  if (headers) {
    const flags = Object.entries(headers).map(([name, value]) => `-H "${name}: ${value}"`).join(" ");
    await output.note(new NoteMessage(`the URL works with headers alone, as curl sends them by ${flags}`));
  }
  if (warning !== undefined) await output.note(new NoteMessage(warning));
  await output.result(new PresignedMessage({ uri: place.uri, method, url: url.href, expires, headers }));
}

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
