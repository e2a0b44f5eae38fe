import { StaleIndexError } from "../errors/format_error.ts";
import { FRAME_BYTES } from "./record_frame.ts";
import { RecordIndex } from "./record_index.ts";

/** What an index is of. */
export interface IndexedObject {
  /** The object with the records. */
  readonly uri: string;
  /** Its bytes. */
  readonly size: number;
  /** The object with the index, for messages. */
  readonly indexUri: string;
}

const [LF, CR, SPACE, ZERO] = [10, 13, 32, 48];

/**
 * Reads an index as DALI's `tfrecord2idx` and that of PyPI's `tfrecord` write it: a line `offset size` for each record,
 * where the size has 16 bytes more than the record. What does not lead from the object's first byte to its last without
 * a gap is a `StaleIndexError`.
 */
export function parseIndexText(text: Uint8Array, object: IndexedObject): RecordIndex {
  // The shortest line has four characters: `0 16` and its end have five.
  const bounds = new Float64Array(Math.floor(text.length / 4) + 2);
  let [records, at] = [0, 0];
  const number = (end: number): number => {
    const start = at;
    let value = 0;
    for (let digit = (text[at] ?? 0) - ZERO; digit >= 0 && digit <= 9; digit = (text[at] ?? 0) - ZERO) {
      value = value * 10 + digit;
      at++;
    }
    const isLast = at === text.length;
    if (
      at === start || at - start > 16 || !(text[at] === end || end === LF && (isLast || isCrLf(text, at)))
    ) {
      throw stale(object, `line ${records + 1} is not "offset size"`);
    }
    at += text[at] === CR ? 2 : 1;
    return value;
  };
  while (at < text.length) {
    const offset = number(SPACE);
    const size = number(LF);
    const due = bounds[records] ?? 0;
    if (offset !== due || size < FRAME_BYTES) {
      throw stale(object, `line ${records + 1} is "${offset} ${size}", and the record begins at byte ${due}`);
    }
    bounds[++records] = offset + size;
  }
  const end = bounds[records] ?? 0;
  if (end !== object.size) {
    throw stale(object, `its records end at byte ${end}, and the object has ${object.size} bytes`);
  }
  return new RecordIndex(bounds.slice(0, records + 1));
}

function isCrLf(text: Uint8Array, at: number): boolean {
  return text[at] === CR && text[at + 1] === LF;
}

/** Writes an index as DALI reads it, in pieces of about 64 KiB. */
export function* formatIndexText({ bounds, length }: RecordIndex): Generator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  let lines = "";
  for (let record = 0; record < length; record++) {
    const [offset = 0, end = 0] = [bounds[record], bounds[record + 1]];
    lines += `${offset} ${end - offset}\n`;
    if (lines.length < 2 ** 16) continue;
    yield encoder.encode(lines);
    lines = "";
  }
  if (lines !== "") yield encoder.encode(lines);
}

/** An index that does not fit its object, with what renews it. */
export function stale({ uri, indexUri }: Omit<IndexedObject, "size">, detail: string): StaleIndexError {
  return new StaleIndexError({
    operation: "use tfrecord index",
    uri: indexUri,
    detail,
    advice: `lade index ${uri} renews it`,
  });
}
