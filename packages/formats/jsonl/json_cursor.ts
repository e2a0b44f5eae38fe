/** What is wrong with a line at a place. */
export class JsonFault extends Error {
  /** Where, in the block. */
  readonly at: number;

  /** A fault at byte `at` of a block. */
  constructor(at: number, detail: string) {
    super(detail);
    this.at = at;
  }
}

/** A number that was found: where it lies, and whether it has neither a fraction nor an exponent. */
export interface JsonNumber {
  /** Its first byte. */
  from: number;
  /** The byte behind it. */
  to: number;
  /** Whether it is written as a whole number. */
  whole: boolean;
}

/** How many arrays and objects may lie in one another. */
export const DEPTH = 64;

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
const QUOTE = 34;
const BACKSLASH = 92;

/** Goes over the JSON (RFC 8259) of one line in a block of text that is UTF-8; what is none is a {@linkcode JsonFault}. */
export class JsonCursor {
  /** The block. */
  bytes: Uint8Array = new Uint8Array(0);
  /** The next byte. */
  at = 0;
  /** Where the line ends; the byte there is a line feed, or may be anything but is not looked at. */
  end = 0;
  /** Whether the text that was found last has escapes. */
  escaped = false;
  /** The number that was found last. */
  readonly number: JsonNumber = { from: 0, to: 0, whole: false };

  /** The next byte that is no space; -1 at the end of the line. */
  peek(): number {
    const { bytes, end } = this;
    let at = this.at;
    while (at < end && (bytes[at] === 32 || bytes[at] === 9 || bytes[at] === 13)) at++;
    this.at = at;
    return at < end ? bytes[at] ?? -1 : -1;
  }

  /** Passes a sign. */
  expect(sign: string): void {
    if (this.peek() !== sign.charCodeAt(0)) throw this.unexpected(`"${sign}"`);
    this.at++;
  }

  /** Passes a sign if it is there. */
  take(byte: number): boolean {
    if (this.peek() !== byte) return false;
    this.at++;
    return true;
  }

  /** Passes `null`, `true` or `false` if it is there. */
  takeWord(word: string): boolean {
    if (this.peek() !== word.charCodeAt(0)) return false;
    const { bytes, at } = this;
    for (let place = 0; place < word.length; place++) {
      if (at + place >= this.end || bytes[at + place] !== word.charCodeAt(place)) {
        throw this.unexpected("a value");
      }
    }
    this.at += word.length;
    return true;
  }

  /** Passes a text, and gives where it begins behind its quote; its end is one before `at`. */
  text(what: string): number {
    if (this.peek() !== QUOTE) throw this.unexpected(what);
    const { bytes, end } = this;
    const from = this.at + 1;
    this.escaped = false;
    for (let at = from; at < end; at++) {
      const byte = bytes[at] ?? 0;
      if (byte === QUOTE) {
        this.at = at + 1;
        return from;
      }
      if (byte === BACKSLASH) {
        this.escaped = true;
        at++;
      } else if (byte < 32) throw new JsonFault(at, "a control character stands in a text");
    }
    throw new JsonFault(from - 1, "a text is not closed");
  }

  /** The text that was passed last, from where {@linkcode JsonCursor.text} said. */
  textFrom(from: number): string {
    const text = DECODER.decode(this.bytes.subarray(from, this.at - 1));
    if (!this.escaped) return text;
    let unescaped: string;
    try {
      unescaped = JSON.parse(`"${text}"`);
    } catch {
      throw new JsonFault(from, "a text has an escape that JSON has not");
    }
    if (!unescaped.isWellFormed()) {
      throw new JsonFault(from, "a text has half of a surrogate pair, which is no Unicode");
    }
    return unescaped;
  }

  /** Passes a number, which is then in {@linkcode JsonCursor.number}. */
  takeNumber(what: string): JsonNumber {
    const { bytes, number } = this;
    let at = (this.peek(), this.at);
    number.from = at;
    number.whole = true;
    if (bytes[at] === 45) at++;
    const first = at;
    at = this.#digits(at, what);
    if (at - first > 1 && bytes[first] === 48) throw new JsonFault(first, "a number begins with a zero");
    if (at < this.end && bytes[at] === 46) {
      number.whole = false;
      at = this.#digits(at + 1, what);
    }
    if (at < this.end && (bytes[at] === 101 || bytes[at] === 69)) {
      number.whole = false;
      at++;
      if (at < this.end && (bytes[at] === 43 || bytes[at] === 45)) at++;
      at = this.#digits(at, what);
    }
    number.to = at;
    this.at = at;
    return number;
  }

  /** The text of a number. */
  numberText({ from, to }: JsonNumber): string {
    return DECODER.decode(this.bytes.subarray(from, to));
  }

  /** Passes a value of any kind. */
  skip(depth = 0): void {
    if (depth > DEPTH) throw new JsonFault(this.at, `values lie in one another more than ${DEPTH} times`);
    const byte = this.peek();
    if (byte === QUOTE) this.textFrom(this.text("a text"));
    else if (byte === 123) {
      const names = new Set<string>();
      this.members(() => {
        const name = this.textFrom(this.text("a name"));
        if (names.has(name)) throw new JsonFault(this.at, `${JSON.stringify(name)} is there twice`);
        names.add(name);
        this.expect(":");
        this.skip(depth + 1);
      });
    } else if (byte === 91) this.items(() => this.skip(depth + 1));
    else if (!this.takeWord("null") && !this.takeWord("true") && !this.takeWord("false")) {
      this.takeNumber("a value");
    }
  }

  /** Passes an object, each of whose members is passed by `member`. */
  members(member: () => void): void {
    this.expect("{");
    if (this.take(125)) return;
    do member(); while (this.take(44));
    this.expect("}");
  }

  /** Passes an array, each of whose items is passed by `item`. */
  items(item: () => void): void {
    this.expect("[");
    if (this.take(93)) return;
    do item(); while (this.take(44));
    this.expect("]");
  }

  /** What is said where another thing is wanted. */
  unexpected(wanted: string): JsonFault {
    if (this.peek() === -1) return new JsonFault(this.at, `${wanted} is wanted, and the line ends`);
    const found = DECODER.decode(this.bytes.subarray(this.at, Math.min(this.at + 20, this.end)));
    return new JsonFault(this.at, `${wanted} is wanted, and ${JSON.stringify(found)} is there`);
  }

  #digits(from: number, what: string): number {
    const { bytes, end } = this;
    let at = from;
    while (at < end && (bytes[at] ?? 0) >= 48 && (bytes[at] ?? 0) <= 57) at++;
    if (at === from) {
      throw this.unexpected(what);
    }
    return at;
  }
}
