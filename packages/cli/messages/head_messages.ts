import { printable, redactSecrets } from "@lade/core/text";
import type { HeadRow } from "@lade/formats/formats";
import type { RowValue } from "@lade/formats/table";
import { counted } from "../output/counted.ts";
import { layOutTable } from "../output/lay_out_table.ts";
import type { Json, Message } from "../output/message.ts";
import type { Style } from "../output/style.ts";

/** Characters of a cell that are looked at: more does not fit anywhere. */
const CELL = 500;

/** Bytes of a binary value that are shown. */
const BYTES = 32;

/** Columns where nobody looks at a terminal. */
const WIDE = 200;

/** Rows of one object as a table for people. */
export class HeadMessage implements Message {
  readonly #columns: readonly string[];
  readonly #rows: readonly HeadRow[];
  readonly #title: string | undefined;
  readonly #isFirst: boolean;
  readonly #width: number;

  /** Shows `rows`; of several objects each has its `title`, behind an empty line where it is not the first. */
  constructor(
    { columns, rows, title, isFirst = true, width = WIDE }: {
      readonly columns: readonly string[];
      readonly rows: readonly HeadRow[];
      readonly title?: string | undefined;
      readonly isFirst?: boolean | undefined;
      readonly width?: number | undefined;
    },
  ) {
    this.#columns = columns;
    this.#rows = rows;
    this.#title = title;
    this.#isFirst = isFirst;
    this.#width = width;
  }

  /** A header and a line for each row, fitted to the terminal; what had no room is told. */
  toText(style: Style): string {
    const cells = this.#rows.map((row) => {
      const values = new Map(row);
      return this.#columns.map((name) => cellOf(values.get(name)));
    });
    const columns = this.#columns.map((name, place) => ({
      header: printable(name.slice(0, CELL)),
      isNumeric: this.#rows.length > 0 && this.#rows.every((row) => isNumber(row[place]?.[1] ?? null)),
    }));
    const { header, rows, hidden } = layOutTable(columns, cells, this.#width);
    const rest = hidden > 0
      ? [style.dim(`and ${counted(hidden, "column")} more: --columns chooses, --json has all`)]
      : [];
    const gap = this.#isFirst ? [] : [""];
    const title = this.#title === undefined
      ? []
      : [...gap, `==> ${printable(redactSecrets(this.#title))} <==`];
    return [...title, style.dim(header), ...rows, ...rest].join("\n");
  }

  /** Nothing prints it so: of each row there is a {@linkcode HeadRowMessage}. */
  toJson(): Json {
    return { type: "rows", rows: this.#rows.map((row) => jsonOfRow(row)) };
  }
}

/** One row as a line of JSON. */
export class HeadRowMessage implements Message {
  readonly #uri: string;
  readonly #number: number;
  readonly #row: HeadRow;

  /** Shows the row of that number, counted from 0, of the object at `uri`. */
  constructor(uri: string, number: number, row: HeadRow) {
    this.#uri = uri;
    this.#number = number;
    this.#row = row;
  }

  /** The values. */
  toText(): string {
    return printable(JSON.stringify(jsonOfRow(this.#row)));
  }

  /** The values by name, and which row of what it is. */
  toJson(): Json {
    return {
      type: "row",
      uri: redactSecrets(this.#uri),
      number: this.#number,
      values: jsonOfRow(this.#row),
    };
  }
}

function isNumber(value: RowValue): boolean {
  return value === null || typeof value === "number" || typeof value === "bigint";
}

function cellOf(value: RowValue | undefined): string {
  if (value === undefined) return "";
  if (value === null) return "null";
  if (typeof value === "string") return printable(value.slice(0, CELL));
  if (value instanceof Uint8Array) return bytesCell(value);
  if (typeof value === "object") return printable(nested(value, { left: CELL }));
  return Object.is(value, -0) ? "-0" : String(value);
}

/** Bytes that are a text are shown as one: with lines and tabs, and no other control characters. */
function bytesCell(bytes: Uint8Array): string {
  const text = textOf(bytes.subarray(0, CELL), bytes.length > CELL);
  if (text !== undefined) return printable(text);
  const shown = bytes.subarray(0, BYTES).toHex();
  return bytes.length > BYTES ? `${shown}… (${counted(bytes.length, "byte")})` : shown;
}

/** Of bytes that are cut the last character may be half. */
function textOf(bytes: Uint8Array, isCut: boolean): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isCut });
    const inLines = text.replace(/[\t\n\r]/g, "");
    return text !== "" && printable(inLines) === inLines ? text : undefined;
  } catch {
    return undefined;
  }
}

/** A list or a struct, as far as there is room: what it holds may be large. */
function nested(value: RowValue, room: { left: number }): string {
  if (room.left <= 0) return "";
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) {
    const text = typeof value === "string" ? JSON.stringify(value.slice(0, CELL)) : cellOf(value);
    room.left -= text.length + 2;
    return text;
  }
  const parts: string[] = [];
  const isList = Array.isArray(value);
  for (const [name, item] of isList ? value.entries() : Object.entries(value)) {
    if (room.left <= 0) break;
    parts.push(isList ? nested(item, room) : `${name}: ${nested(item, room)}`);
  }
  return isList ? `[${parts.join(", ")}]` : `{${parts.join(", ")}}`;
}

function jsonOfRow(row: HeadRow): Json {
  return Object.fromEntries(row.map(([name, value]) => [name, jsonOf(value)]));
}

/** A value as JSON has it: whole numbers beyond 2^53 and what is no number as text, bytes in base64. */
function jsonOf(value: RowValue): Json {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) return value.toBase64();
  if (Array.isArray(value)) return value.map((item: RowValue) => jsonOf(item));
  if (value === null || typeof value !== "object") return value as Json;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, jsonOf(item)]));
}
