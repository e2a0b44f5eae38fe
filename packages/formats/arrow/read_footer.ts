import type { CallOptions } from "@lade/core";
import { FormatError } from "../errors/format_error.ts";
import type { ByteSource } from "../source/byte_source.ts";
import type { ArrowSchema } from "./arrow_field.ts";
import { FlatTable } from "./flat_table.ts";
import { checkVersion, PREFIX } from "./message.ts";
import { readKeyValues, readSchema } from "./read_schema.ts";

/** What a file begins and ends with. */
export const MAGIC: Uint8Array<ArrayBuffer> = new TextEncoder().encode("ARROW1");

/** Bytes before the first message: the magic ones, and two zeros. */
export const HEAD = 8;

/** Bytes after the footer: its length, and the magic ones. */
export const TAIL = 10;

/** The mark of a stream's end, and what aligns it, at most. */
const LARGEST_END = 8 + 64;

/** Where a message of a file lies. */
export interface Block {
  /** Its first byte. */
  readonly offset: number;
  /** Bytes of its metadata, with the 8 before them. */
  readonly metadataLength: number;
  /** Bytes of its body. */
  readonly bodyLength: number;
}

/** What the end of a file says. */
export interface Footer {
  /** The columns. */
  readonly schema: ArrowSchema;
  /** Where the dictionaries lie, in the order in which they are to be read. */
  readonly dictionaries: readonly Block[];
  /** Where the record batches lie. */
  readonly batches: readonly Block[];
  /** What the writer said of the file. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Its first byte. */
  readonly offset: number;
}

/** Reads the footer of a file. */
export async function readFooter(source: ByteSource, options: CallOptions = {}): Promise<Footer> {
  const { uri, size } = source;
  const fault = (detail: string) => new FormatError({ operation: "read arrow", uri, detail });
  if (size < HEAD + TAIL) throw fault(`it has ${size} bytes, too few for a file`);
  const tail = await source.read(size - TAIL, TAIL, options);
  if (MAGIC.some((byte, index) => tail[4 + index] !== byte)) {
    throw fault("it does not end in ARROW1: it is cut, or no Arrow file (a stream has another format)");
  }
  const length = new DataView(tail.buffer, tail.byteOffset, 4).getInt32(0, true);
  if (length <= 0 || length > size - HEAD - TAIL) throw fault(`its footer claims ${length} bytes of ${size}`);
  const offset = size - TAIL - length;
  const table = FlatTable.root(
    await source.read(offset, length, options),
    (detail) => fault(`${detail} (footer)`),
  );
  checkVersion(table, uri);
  const schema = table.table(1);
  if (!schema) throw fault("its footer has no schema");
  const dictionaries = readBlocks(table, 2, offset);
  const batches = readBlocks(table, 3, offset);
  const end = [...dictionaries, ...batches].reduce((end, block) => Math.max(end, endOf(block)), 0);
  if (end > 0 && end + LARGEST_END < offset) {
    throw fault(`${offset - end} bytes lie between its last message and its footer`);
  }
  const metadata = readKeyValues(table, 4);
  return { schema: readSchema(schema, uri), dictionaries, batches, metadata, offset };
}

/** Where what follows a message begins. */
export function endOf({ offset, metadataLength, bodyLength }: Block): number {
  return offset + metadataLength + bodyLength;
}

function readBlocks(table: FlatTable, field: number, end: number): Block[] {
  const structs = table.structs(field, 24);
  return Array.from({ length: structs.length }, (_, index) => {
    const block = {
      offset: structs.i64(index, 0),
      metadataLength: structs.i32(index, 8),
      bodyLength: structs.i64(index, 16),
    };
    const { offset, metadataLength, bodyLength } = block;
    if (offset >= HEAD && metadataLength >= PREFIX && bodyLength >= 0 && endOf(block) <= end) return block;
    throw table.fault(`it has a message at ${offset} of ${metadataLength} and ${bodyLength} bytes`);
  });
}
