import { UnsupportedError } from "@lade/core/errors";
import { FormatError } from "../errors/format_error.ts";

/** Where something of an archive is wrong. */
export interface TarPlace {
  /** The archive. */
  readonly uri: string;
  /** Bytes from its start. */
  readonly offset: number;
}

/** An error of an archive, which says where. */
export function tarFault({ uri, offset }: TarPlace, detail: string, cause?: unknown): FormatError {
  return new FormatError({
    operation: "read tar",
    uri,
    detail: `${detail} (at byte ${offset})`,
    offset,
    ...(cause !== undefined && { cause }),
  });
}

/** An error of what an archive has and nothing here reads. */
export function tarRefusal({ uri, offset }: TarPlace, detail: string, advice?: string): UnsupportedError {
  return new UnsupportedError({
    operation: "read tar",
    uri,
    detail: `${detail} (at byte ${offset})`,
    advice,
  });
}
