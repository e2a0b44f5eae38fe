import { formatSize, printable, redactSecrets } from "@lade/core/text";
import type { ArrayDescription, Description } from "@lade/formats";
import { formatType } from "@lade/formats/table";
import { counted } from "../output/counted.ts";
import { SIZE_COLUMNS } from "../output/format_size_column.ts";
import { layOutTable, type TableColumn } from "../output/lay_out_table.ts";
import type { Json, Message } from "../output/message.ts";
import { cutText, textWidth } from "../output/text_width.ts";
import type { Style } from "../output/style.ts";

/** What is known of an object. */
export interface Described {
  /** The object, or the prefix of what is made of several. */
  readonly uri: string;
  /** The name it is listed by. */
  readonly name: string;
  /** What it is; absent where it is of no format that is known. */
  readonly description?: Description;
  /** How the object as a whole is compressed. */
  readonly storedAs?: string;
  /** Bytes of the object, where it was not described. */
  readonly size?: number;
}

/** Columns of a property's name, at most. */
const NAME = 40;

/** Columns where nobody looks at a terminal. */
const WIDE = 200;

/** What an object is, with all its arrays or columns. */
export class DescriptionMessage implements Message {
  readonly #described: Described;
  readonly #width: number;

  /** Shows `described` in lines of `width` characters at most. */
  constructor(described: Described, width = WIDE) {
    this.#described = described;
    this.#width = width;
  }

  /** The URI, a line for each property, and a table of arrays or columns. */
  toText(style: Style): string {
    const { uri, description, storedAs } = this.#described;
    const properties = description ? propertiesOf(description, storedAs) : [["format", "unknown"] as const];
    const names = properties.map(([name]) => cutText(printable(name), NAME));
    const room = Math.max(...names.map(textWidth));
    const lines = properties.map(([, value], place) => {
      const name = names[place] ?? "";
      return `  ${style.dim(name + " ".repeat(room - textWidth(name)))}  ${printable(value)}`;
    });
    const tables = description ? tablesOf(description) : [];
    const shown = tables.flatMap(({ columns, rows }) => {
      const table = layOutTable(columns, rows, this.#width - 2);
      return ["", `  ${style.dim(table.header)}`, ...table.rows.map((row) => `  ${row}`)];
    });
    return [printable(redactSecrets(uri)), ...lines, ...shown].join("\n");
  }

  /** All of it. */
  toJson(): Json {
    return descriptionJson(this.#described);
  }
}

/** What an object is, in one line. */
export class DescriptionLineMessage implements Message {
  readonly #described: Described;

  /** Shows `described`. */
  constructor(described: Described) {
    this.#described = described;
  }

  /** The format, what is in it, its size and its name. */
  toText(): string {
    const { name, description, storedAs, size } = this.#described;
    const wrapped = storedAs === undefined ? "" : `.${printable(storedAs)}`;
    const format = description ? description.format + wrapped : "-";
    const bytes = String(description?.size ?? size ?? "").padStart(SIZE_COLUMNS);
    const what = description ? summaryOf(description) : "";
    return `${format.padEnd(12)} ${printable(what).padEnd(28)} ${bytes} ${printable(redactSecrets(name))}`;
  }

  /** All of it. */
  toJson(): Json {
    return descriptionJson(this.#described);
  }
}

function descriptionJson({ uri, description, storedAs, size }: Described): Json {
  return {
    type: "description",
    uri: redactSecrets(uri),
    size,
    // A description is of such values as JSON has.
    ...(description as unknown as Readonly<Record<string, Json>> | undefined),
    storedAs,
  };
}

function propertiesOf(description: Description, storedAs: string | undefined): (readonly [string, string])[] {
  const { format, version, size, inferred, rows, records, chunks, compression, checksums, metadata, arrays } =
    description;
  const known: (readonly [string, string | undefined])[] = [
    ["format", version === undefined ? format : `${format} ${version}`],
    ["size", size >= 1024 ? `${size} (${formatSize(size)})` : String(size)],
    ["stored as", storedAs],
    ["rows", rows?.toString()],
    ["columns", description.schema && countOf(description.schema.fields, inferred)],
    ["records", records?.toString()],
    ["arrays", arrays && arrays.length !== 1 ? String(arrays.length) : undefined],
    ["chunks", chunks?.toString()],
    ["compression", compression],
    ["checksums", checksums.length > 0 ? checksums.join("; ") : "none"],
    ...Object.entries(description.schema?.metadata ?? {}).map(([name, value]) =>
      [`schema ${name}`, cut(value)] as const
    ),
    ...Object.entries(metadata ?? {}).map(([name, value]) => [`metadata ${name}`, cut(value)] as const),
  ];
  return known.flatMap(([name, value]) => value === undefined ? [] : [[name, value] as const]);
}

function countOf(fields: readonly unknown[], inferred: boolean | undefined): string {
  return `${fields.length}${inferred ? ", guessed from the first rows" : ""}`;
}

/** What a writer keeps beside its data may be long. */
function cut(text: string): string {
  return text.length > 500 ? `${text.slice(0, 500)}… (${text.length} characters)` : text;
}

function tablesOf(
  { schema, arrays = [] }: Description,
): { columns: readonly TableColumn[]; rows: readonly (readonly string[])[] }[] {
  const ofSchema = schema && {
    columns: [{ header: "column" }, { header: "type" }, { header: "null" }],
    rows: schema.fields.map(({ name, type, nullable }) => [
      printable(name),
      printable(formatType(type)),
      nullable ? "yes" : "",
    ]),
  };
  return [
    ...(ofSchema && ofSchema.rows.length > 0 ? [ofSchema] : []),
    ...(arrays.length > 0 ? [tableOfArrays(arrays)] : []),
  ];
}

/** The properties that any of the arrays has, each a column. */
function tableOfArrays(arrays: readonly ArrayDescription[]) {
  const columns: (TableColumn & { readonly of: (array: ArrayDescription) => string })[] = [
    { header: "array", of: ({ name }) => name },
    { header: "dtype", of: ({ dtype }) => dtype },
    { header: "shape", of: ({ shape }) => shapeOf(shape) },
    { header: "order", of: ({ order }) => order === "F" ? "Fortran" : "" },
    { header: "chunks", of: ({ chunks }) => chunks ? shapeOf(chunks) : "" },
    { header: "compression", of: ({ compression = "" }) => compression },
    { header: "bytes", isNumeric: true, of: ({ bytes }) => bytes?.toString() ?? "" },
  ];
  const used = columns.filter(({ of }) => arrays.some((array) => of(array) !== ""));
  return { columns: used, rows: arrays.map((array) => used.map(({ of }) => printable(of(array)))) };
}

function shapeOf(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

/** What is in an object, in a few words. */
function summaryOf({ arrays, schema, rows, records }: Description): string {
  const [only] = arrays ?? [];
  if (only && arrays?.length === 1) return `${only.dtype} ${shapeOf(only.shape)}`;
  if (arrays) return `${arrays.length} arrays`;
  const parts = [
    ...(rows === undefined ? [] : [counted(rows, "row")]),
    ...(records === undefined || records === rows ? [] : [counted(records, "record")]),
    ...(schema ? [counted(schema.fields.length, "column")] : []),
  ];
  return parts.join(", ");
}
