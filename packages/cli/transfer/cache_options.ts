import type { CommandContext } from "../command/command_context.ts";
import { NoteMessage } from "../messages/text_messages.ts";
import { flag, type ValuesOf } from "../syntax/option.ts";
import type { ChecksumCache } from "@lade/transfer/sums";

/** Options of every command that compares objects. */
export const cacheOptions = {
  noChecksumCache: flag(
    ["--no-checksum-cache"],
    "Neither believe checksums that were computed before nor remember those that are; they are kept in \
LADE_CACHE_DIR, or lade in XDG_CACHE_HOME or ~/.cache.",
  ),
};

/** Opens the checksum cache; `undefined`, and a note with `-v`, where there is none. Dispose it before the command ends. */
export async function openCache(
  { output, settings, terminal }: CommandContext,
  { noChecksumCache }: ValuesOf<typeof cacheOptions>,
): Promise<ChecksumCache | undefined> {
  if (noChecksumCache) return undefined;
  const onNote = (text: string) => {
    if (settings.verbosity > 0) void output.note(new NoteMessage(text));
  };
  const { cacheDirectory, openChecksumCache } = await import("@lade/transfer/sums");
  const directory = cacheDirectory((name) => terminal.env(name));
  if (directory !== undefined) return await openChecksumCache({ directory, onNote });
  onNote("no checksum cache is used: none of LADE_CACHE_DIR, XDG_CACHE_HOME and HOME is set or may be read");
  return undefined;
}
