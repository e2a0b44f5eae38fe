import { quote } from "@lade/core/text";
import { fileType, type Sourced } from "@lade/core/settings";
import { type ReadTextFile, whyUnread } from "../environment/mod.ts";
import { CredentialFault } from "../tokens/mod.ts";

/** The text of a file that is configured, and therefore has to be there; all else is a `CredentialFault` that names it. */
export async function readSecret(
  read: ReadTextFile,
  what: string,
  { source, value }: Sourced<string>,
): Promise<string> {
  // Whoever gives what it holds in place of its path is not shown it.
  if (!fileType.accepts(value)) {
    throw new CredentialFault(`${what} (${source}) has to be ${fileType.expected}`);
  }
  const where = `${what} ${quote(value)} (${source})`;
  const text = await read(value).catch((cause: unknown) => {
    throw new CredentialFault(`${where} cannot be read: ${whyUnread(cause)}`, { cause });
  });
  if (text?.trim()) return text.trim();
  throw new CredentialFault(
    `${where} ${text === undefined ? "is not there, or may not be read (--allow-read)" : "is empty"}`,
  );
}
