import { Sha256 } from "@lade/codec/hash";

/** What makes a transfer the same as an earlier one, so that it goes on with its journal. */
export interface TransferIdentity {
  /** The command. */
  readonly operation: string;
  /** The URIs of the sources. */
  readonly sources: readonly string[];
  /** The URI of the destination. */
  readonly destination: string;
  /** Everything else that decides which objects go and what they become. */
  readonly meaning: unknown;
}

/** The name of the journal of a transfer: 16 letters and digits. */
export function journalId(identity: TransferIdentity): string {
  return new Sha256().hex(canonical(identity)).slice(0, 16);
}

/** Whether a text can be the name of a journal. */
export function isJournalId(text: string): boolean {
  return /^[0-9a-f]{16}$/.test(text);
}

/** A text of a value that is the same for equal ones: members in order, nothing absent, functions by their text. */
function canonical(value: unknown): string {
  if (value instanceof RegExp) return `/${value.source}/${value.flags}`;
  if (value instanceof Date) return `@${value.getTime()}`;
  if (value instanceof Set || value instanceof Map || Array.isArray(value)) {
    return `[${Array.from(value as Iterable<unknown>, canonical).join()}]`;
  }
  if (typeof value === "object" && value !== null) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return `{${
      members.sort(([a], [b]) => a < b ? -1 : 1).map(([name, member]) =>
        `${JSON.stringify(name)}:${canonical(member)}`
      )
    }}`;
  }
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
