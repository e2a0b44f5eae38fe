import type { ColumnBuilder } from "../table/column_builder.ts";
import { formatType } from "../table/schema_text.ts";
import { type JsonCursor, JsonFault } from "./json_cursor.ts";

/** A member of an object. */
export interface Member {
  /** Its name. */
  readonly name: string;
  /** The column it goes to; absent where it is passed over. */
  readonly builder?: ColumnBuilder;
  /** Passes its value, and adds it. */
  readonly read: (cursor: JsonCursor) => void;
}

const ENCODER = new TextEncoder();

/** Passes objects whose members are known. A member that is there twice is a {@linkcode JsonFault}. */
export class ObjectReader {
  /** The member that is read: an index. */
  place = -1;
  readonly #members: readonly Member[];
  readonly #names: readonly Uint8Array[];
  readonly #places: ReadonlyMap<string, number>;
  readonly #strict: boolean;
  /** The number of the object in which each member was there last. */
  readonly #seen: Uint32Array;
  #objects = 0;

  /** Those members; others are a fault where `strict` says so, and passed over else. */
  constructor(members: readonly Member[], strict: boolean) {
    this.#members = members;
    this.#names = members.map(({ name }) => ENCODER.encode(name));
    this.#places = new Map(members.map(({ name }, place) => [name, place]));
    this.#strict = strict;
    this.#seen = new Uint32Array(members.length);
  }

  /** Passes an object. A member that is missing has no value. */
  read(cursor: JsonCursor): void {
    const members = this.#members;
    const seen = this.#seen;
    if (++this.#objects === 2 ** 32) {
      seen.fill(0);
      this.#objects = 1;
    }
    const object = this.#objects;
    const { at } = cursor;
    let next = 0;
    let found = 0;
    let others: Set<string> | undefined;
    cursor.members(() => {
      this.place = -1;
      const from = cursor.text("a name");
      const place = this.#placeOf(cursor, from, next);
      if (place === -1) {
        const name = cursor.textFrom(from);
        const told = JSON.stringify(name.slice(0, 100));
        if (this.#strict) throw new JsonFault(from, `${told} is no column that was there before`);
        if (others?.has(name)) throw new JsonFault(from, `${told} is there twice`);
        (others ??= new Set()).add(name);
        cursor.expect(":");
        return cursor.skip();
      }
      this.place = place;
      if (seen[place] === object) {
        throw new JsonFault(from, `${JSON.stringify(members[place]?.name)} is there twice`);
      }
      seen[place] = object;
      cursor.expect(":");
      members[place]?.read(cursor);
      next = place + 1;
      found++;
    });
    if (found === members.length) return;
    for (const [place, { builder }] of members.entries()) {
      if (seen[place] === object || !builder) continue;
      this.place = place;
      const { nullable, type } = builder.field;
      if (!nullable) throw new JsonFault(at, `it is missing, and ${formatType(type)} may not be null`);
      builder.appendNull();
    }
  }

  #placeOf(cursor: JsonCursor, from: number, next: number): number {
    const name = this.#names[next];
    const { bytes, at, escaped } = cursor;
    if (name && !escaped && name.length === at - 1 - from) {
      let place = 0;
      while (place < name.length && bytes[from + place] === name[place]) place++;
      if (place === name.length) return next;
    }
    return this.#places.get(cursor.textFrom(from)) ?? -1;
  }
}
