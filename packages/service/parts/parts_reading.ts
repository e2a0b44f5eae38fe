import type { CallName } from "@lade/core/errors";
import type { XmlElement } from "../xml/mod.ts";

/** How documents about uploads are had from a service. */
export interface PartsReading {
  /** The service with its article, for errors. */
  readonly service: string;
  /** What is being done, and to what. */
  readonly call: CallName;
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
  /** Asks for the document of a query, and gives what `read` makes of its root. */
  ask<T>(query: Readonly<Record<string, string | undefined>>, read: (root: XmlElement) => T): Promise<T>;
}
