import { UnsupportedError } from "@lade/core/errors";
import { FormatError } from "../errors/format_error.ts";
import type { BatchHeader } from "./batch_header.ts";
import { readBatchHeader } from "./batch_header.ts";
import { FlatTable } from "./flat_table.ts";
import { readKeyValues, readSchema } from "./read_schema.ts";
import type { ArrowSchema } from "./arrow_field.ts";
import { HEADER, VERSION } from "./type_codes.ts";

/** What each message begins with: a mark, and 32 bits that tell the length of its metadata. */
export const PREFIX = 8;

/** The mark. */
export const CONTINUATION = 0xffffffff;

/** Bytes of metadata, at most: no schema comes near it. */
const LONGEST_METADATA = 2 ** 28;

/** One message, without its body. */
export type ArrowMessage =
  & {
    /** Bytes of its body. */
    readonly bodyLength: number;
    /** What its writer said of it. */
    readonly metadata: Readonly<Record<string, string>>;
  }
  & (
    | { readonly kind: "schema"; readonly schema: ArrowSchema }
    | { readonly kind: "batch"; readonly batch: BatchHeader }
    | {
      readonly kind: "dictionary";
      readonly id: number;
      readonly isDelta: boolean;
      readonly batch: BatchHeader;
    }
  );

/** Where a message lies. */
export interface MessagePlace {
  /** The object. */
  readonly uri: string;
  /** Its first byte. */
  readonly offset: number;
}

/** Makes an error that names the message. */
export function faultAt({ uri, offset }: MessagePlace): (detail: string) => FormatError {
  return (detail) =>
    new FormatError({
      operation: "read arrow",
      uri,
      detail: `${detail} (message at byte ${offset})`,
      offset,
    });
}

/** The length of the metadata, from the first 8 bytes of a message; 0 where the stream ends. */
export function metadataLength(prefix: Uint8Array, place: MessagePlace): number {
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength);
  const fault = faultAt(place);
  if (view.getUint32(0, true) !== CONTINUATION) {
    throw fault("no message begins here: the mark of four bytes ff is missing, as before Arrow 0.15");
  }
  const length = view.getInt32(4, true);
  if (length < 0 || length > LONGEST_METADATA) throw fault(`its metadata claims ${length} bytes`);
  if (length % 8 !== 0) throw fault(`its metadata has ${length} bytes, no multiple of 8`);
  return length;
}

/** Parses the metadata of a message, which follow its first 8 bytes. */
export function parseMessage(metadata: Uint8Array, place: MessagePlace): ArrowMessage {
  const fault = faultAt(place);
  const table = FlatTable.root(metadata, fault);
  checkVersion(table, place.uri);
  const header = table.table(2);
  if (!header) throw fault("it has no header");
  const bodyLength = table.i64(3);
  if (bodyLength < 0) throw fault(`its body claims ${bodyLength} bytes`);
  if (bodyLength % 8 !== 0) throw fault(`its body has ${bodyLength} bytes, no multiple of 8`);
  const common = { bodyLength, metadata: readKeyValues(table, 4) };
  switch (table.u8(1)) {
    case HEADER.schema:
      if (bodyLength !== 0) throw fault("it is a schema with a body");
      return { ...common, kind: "schema", schema: readSchema(header, place.uri) };
    case HEADER.batch:
      return { ...common, kind: "batch", batch: readBatchHeader(header) };
    case HEADER.dictionary: {
      const data = header.table(1);
      if (!data) throw fault("it is a dictionary without values");
      const batch = readBatchHeader(data);
      return { ...common, kind: "dictionary", id: header.i64(0), isDelta: header.bool(2), batch };
    }
    default:
      throw new UnsupportedError({
        operation: "read arrow",
        uri: place.uri,
        detail: `the message at byte ${place.offset} is of kind ${
          table.u8(1)
        }, no schema, dictionary or record batch`,
      });
  }
}

/** Refuses metadata of a version that are laid out otherwise. */
export function checkVersion(table: FlatTable, uri: string): void {
  const version = table.i16(0);
  if (version === VERSION.V4 || version === VERSION.V5) return;
  const detail = `its metadata are of version ${version + 1}, and 4 and 5 are known`;
  throw new UnsupportedError({ operation: "read arrow", uri, detail });
}
