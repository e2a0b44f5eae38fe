import { type FileMetaData, parquetMetadata, type SchemaElement } from "hyparquet";
import type { CallOptions } from "@lade/core";
import { UnsupportedError } from "@lade/core/errors";
import { ByteReader } from "../binary/byte_reader.ts";
import { FormatError } from "../errors/format_error.ts";
import type { ByteSource } from "../source/byte_source.ts";
import { type RowGroupPlace, rowGroupsOf } from "./row_groups.ts";
import { type ColumnNode, columnsOf } from "./schema_tree.ts";
import { readThriftStruct, readThriftTexts } from "./thrift.ts";

/** What the end of a Parquet file says. */
export interface Footer {
  /**
   * The columns.
   *
   * @internal
   */
  readonly columns: readonly ColumnNode[];
  /**
   * The row groups, in order.
   *
   * @internal
   */
  readonly groups: readonly RowGroupPlace[];
  /** Rows in all. */
  readonly rows: number;
  /** What its writer said besides; Arrow's copy of the schema is left out. */
  readonly metadata: Readonly<Record<string, string>>;
  /** What wrote it. */
  readonly createdBy?: string;
  /** The version of the format. */
  readonly version: number;
  /** Where the footer begins, which is where the pages end. */
  readonly start: number;
}

const MAGIC = 0x31524150;
const ENCRYPTED = 0x45524150;

/** Arrow's own words for the columns of a file: those of this very file, and of no other that is made of it. */
const ARROW_SCHEMA = "ARROW:schema";

/** `PAR1`, a column's least, the length of the footer and `PAR1`. */
const LEAST = 12;

/** The field of a footer that says how columns are encrypted; then a signature follows it. */
const ENCRYPTION = 8;
const SIGNATURE = 28;

/** Strings of statistics, which nobody asks for, are left as bytes. */
const PARSERS = { stringFromBytes: (bytes: Uint8Array) => bytes };

/** The fields of a footer with the columns, and of a column with its name. */
const COLUMNS = 2;
const NAME = 4;

// A name may begin with U+FEFF, which the library takes for a byte order mark, and leaves out.
const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Columns by the names that a footer has, which `reader` reads. */
function named(schema: readonly SchemaElement[], reader: ByteReader): SchemaElement[] {
  reader.seek(0);
  const names = readThriftTexts(reader, COLUMNS, NAME);
  return schema.map((element, place) => ({ ...element, name: UTF8.decode(names[place]) }));
}

/** Reads the footer, and checks that all it says of the object fits it. */
export async function readFooter(source: ByteSource, options: CallOptions = {}): Promise<Footer> {
  const { uri, size } = source;
  const fail = (detail: string, cause?: unknown) =>
    new FormatError({ operation: "read parquet", uri, detail, ...(cause !== undefined && { cause }) });
  if (size < LEAST) throw fail(`it has ${size} bytes, and a Parquet file ${LEAST} at least`);
  const tail = await source.read(size - 8, 8, options);
  const ending = new DataView(tail.buffer, tail.byteOffset, 8);
  const magic = ending.getUint32(4, true);
  if (magic === ENCRYPTED) {
    throw new UnsupportedError({ operation: "read parquet", uri, detail: "its footer is encrypted" });
  }
  if (magic !== MAGIC) throw fail('it does not end with "PAR1": it is cut, or no Parquet file');
  const length = ending.getUint32(0, true);
  if (length > size - LEAST) throw fail(`the footer takes ${length} bytes, and the object has ${size}`);
  const start = size - 8 - length;
  const bytes = await source.read(start, length + 8, options);
  const reader = new ByteReader(bytes.subarray(0, length), { operation: "read parquet", uri, offset: start });
  const signed = readThriftStruct(reader).has(ENCRYPTION) ? SIGNATURE : 0;
  if (reader.left > signed) throw reader.fault(`${reader.left} bytes of the footer are left over`);
  let told: FileMetaData;
  try {
    told = parquetMetadata(bytes, { parsers: PARSERS, geoparquet: false });
  } catch (error) {
    throw fail("the footer cannot be read", error);
  }
  try {
    const columns = columnsOf(named(told.schema, reader), fail);
    const groups = rowGroupsOf(told.row_groups, columns, start, fail);
    const rows = groups.reduce((sum, group) => sum + group.rows, 0);
    if (rows !== Number(told.num_rows)) {
      throw fail(`the footer tells ${told.num_rows} rows, and its row groups have ${rows}`);
    }
    const pairs = (told.key_value_metadata ?? []).filter(({ key }) => key !== ARROW_SCHEMA);
    const metadata = Object.fromEntries(pairs.map(({ key, value = "" }) => [key, value]));
    const { version, created_by: createdBy } = told;
    return { columns, groups, rows, metadata, version, start, ...(createdBy !== undefined && { createdBy }) };
  } catch (error) {
    // What is missing in the footer is `undefined` where the library says it cannot be.
    throw error instanceof TypeError ? fail("the footer has not all that it needs", error) : error;
  }
}
