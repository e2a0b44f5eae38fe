import { FormatError } from "../errors/format_error.ts";
import type { Column } from "../table/column.ts";
import { typesEqual } from "../table/compare_schemas.ts";
import { concatColumns } from "../table/concat_batches.ts";
import type { ArrowField } from "./arrow_field.ts";
import type { BatchBody } from "./batch_body.ts";
import type { BatchHeader } from "./batch_header.ts";
import { layOut } from "./batch_layout.ts";
import { decodeColumn } from "./decode_column.ts";

/** The dictionaries of a file or stream, as far as they were read. */
export class Dictionaries {
  readonly #uri: string;
  readonly #fields = new Map<number, ArrowField>();
  readonly #values = new Map<number, Column>();

  /** None yet, of the columns wanted. */
  constructor(fields: readonly ArrowField[], uri: string) {
    this.#uri = uri;
    for (const field of fields) this.#collect(field);
  }

  /** Whether a wanted column has this dictionary. */
  wants(id: number): boolean {
    return this.#fields.has(id);
  }

  /** Whether any is wanted. */
  get isEmpty(): boolean {
    return this.#fields.size === 0;
  }

  /** Whether a dictionary has values already. */
  has(id: number): boolean {
    return this.#values.has(id);
  }

  /** The buffers of a dictionary's batch, all of which are needed. */
  static buffersOf(header: BatchHeader): number[] {
    return header.buffers.map((_, index) => index);
  }

  /** Decodes the values of a dictionary: further ones (`isDelta`), or in place of those there are. */
  add(id: number, isDelta: boolean, header: BatchHeader, body: BatchBody): void {
    const field = this.#fields.get(id);
    if (!field) return;
    const before = this.#values.get(id);
    if (isDelta && !before) throw header.fault(`it adds to dictionary ${id}, which is not there`);
    const { dictionary: _, ...values } = field;
    const [place] = layOut([{ ...values, field: { ...field.field, nullable: true } }], header);
    if (!place) throw new TypeError("a dictionary has one column");
    const column = decodeColumn(place, header.rows, {
      uri: this.#uri,
      header,
      body,
      dictionary: this.of(header),
    });
    this.#values.set(id, isDelta && before ? concatColumns(column.field, [before, column]) : column);
  }

  /** Finds the values that a field's indices lead to, for a batch that begins with `header`. */
  of(header: BatchHeader): (field: ArrowField) => Column {
    return ({ field: { name }, dictionary }) => {
      const values = dictionary && this.#values.get(dictionary.id);
      if (!values) {
        throw header.fault(
          `column "${name}" has dictionary ${dictionary?.id}, which does not come before it`,
        );
      }
      return values;
    };
  }

  #collect(field: ArrowField): void {
    field.children.forEach((child) => this.#collect(child));
    if (!field.dictionary) return;
    const { id } = field.dictionary;
    const known = this.#fields.get(id);
    if (!known || typesEqual(known.field.type, field.field.type)) this.#fields.set(id, known ?? field);
    else {
      const detail = `dictionary ${id} is of two columns of different types`;
      throw new FormatError({ operation: "read arrow", uri: this.#uri, detail });
    }
  }
}
