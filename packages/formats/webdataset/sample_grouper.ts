import { FormatError } from "../errors/format_error.ts";
import { sampleNameOf } from "./sample_name.ts";

/** Where a field of a sample lies. */
export interface SampleField {
  /** The field: the extension in lower case. */
  readonly field: string;
  /** The name of its member; absent where only an index of DALI's before v1.2 tells of it. */
  readonly name?: string;
  /** Where its data begins, in bytes from the start of the shard. */
  readonly offset: number;
  /** Bytes of its data. */
  readonly size: number;
}

/** A member that may belong to a sample. */
export interface SampleMember {
  /** Its name. */
  readonly name: string;
  /** Where its data begins. */
  readonly offset: number;
  /** Bytes of its data. */
  readonly size: number;
}

/** To which sample a member belongs. */
export interface GroupedMember {
  /** The sample's key. */
  readonly key: string;
  /** The field. */
  readonly field: string;
  /** Whether it is the first of its sample. */
  readonly isFirst: boolean;
}

/** Names that webdataset keeps for itself in a sample. */
const RESERVED: ReadonlySet<string> = new Set(["__key__", "__url__"]);

/**
 * Says of the files of a shard, in order, to which samples they belong. A field that a sample has twice, and a key that comes
 * back after another one, which is a torn sample, are `FormatError`s.
 */
export class SampleGrouper {
  /** Samples so far. */
  samples = 0;
  /** Files so far that belong to no sample. */
  passedOver = 0;
  readonly #uri: string;
  readonly #keys = new Set<string>();
  readonly #fields = new Set<string>();
  #key: string | undefined;

  /** Groups a shard, which errors name. */
  constructor(uri: string) {
    this.#uri = uri;
  }

  /** The next file; `undefined` where it is passed over. */
  add(member: SampleMember): GroupedMember | undefined {
    const parts = sampleNameOf(member.name);
    if (!parts) {
      this.passedOver++;
      return undefined;
    }
    const { key } = parts;
    const field = parts.extension.toLowerCase();
    const isFirst = key !== this.#key;
    if (isFirst) {
      if (this.#keys.has(key)) {
        throw this.#fault(member, `sample ${JSON.stringify(key)} comes back after another one: it is torn`);
      }
      this.#keys.add(key);
      this.#key = key;
      this.#fields.clear();
      this.samples++;
    }
    if (this.#fields.has(field)) {
      throw this.#fault(member, `sample ${JSON.stringify(key)} has the field ${JSON.stringify(field)} twice`);
    }
    if (RESERVED.has(field)) {
      throw this.#fault(member, `the field ${JSON.stringify(field)} is kept for the key itself`);
    }
    this.#fields.add(field);
    return { key, field, isFirst };
  }

  #fault({ name, offset }: SampleMember, detail: string): FormatError {
    return new FormatError({
      operation: "read samples of",
      uri: this.#uri,
      detail: `${detail} (member ${JSON.stringify(name)} at byte ${offset})`,
      offset,
      record: this.samples - 1,
    });
  }
}
