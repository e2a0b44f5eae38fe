/** A value that can be sent to another thread, and what goes with it. */
export interface PackedValue {
  /** The value: the one that was given, or one like it whose views are of other memory. */
  readonly value: unknown;
  /** The memory that is moved: it is gone from here once the value was sent. */
  readonly moved: ArrayBuffer[];
  /** Bytes of `moved`. */
  readonly bytes: number;
  /** How many of them were copied for it. */
  readonly copied: number;
}

/** What may be moved. */
export interface PackOptions {
  /** Memory that stays here: views of it are copied. */
  readonly stays?: ArrayBufferLike | undefined;
  /** Whether all memory stays here. */
  readonly copies?: boolean;
}

/**
 * Packs a value for another thread. Memory that its views cover by more than half is moved; of all other, and of what stays,
 * the bytes of the views are copied together into memory that is moved. What would not arrive as it is (functions, symbols,
 * instances of classes, memory that was moved before) is a `TypeError` that says where in the value it is.
 *
 * Its text is sent to workers, so it uses nothing from outside but its parameters.
 */
export function packValue(value: unknown, { stays, copies = false }: PackOptions = {}): PackedValue {
  const seen = new Map<object, unknown>();
  const covered = new Map<ArrayBuffer, number>();
  const views: (ArrayBufferView | ArrayBuffer)[] = [];
  const fail = (path: string, what: string): never => {
    throw new TypeError(`${path || "it"} is ${what}`);
  };

  const lookAtMemory = (memory: ArrayBufferView | ArrayBuffer, path: string): void => {
    const buffer = ArrayBuffer.isView(memory) ? memory.buffer : memory;
    // Memory that threads share goes to the other one as it is.
    if (!(buffer instanceof ArrayBuffer)) return;
    if (buffer.detached) {
      fail(path, "memory that was moved or given back before: give a copy of it, or new memory");
    }
    views.push(memory);
    covered.set(buffer, (covered.get(buffer) ?? 0) + memory.byteLength);
  };

  const lookAt = (part: unknown, path: string): void => {
    if (typeof part === "function") fail(path, "a function");
    if (typeof part === "symbol") fail(path, "a symbol");
    if (typeof part !== "object" || part === null || seen.has(part)) return;
    seen.set(part, part);
    if (ArrayBuffer.isView(part) || part instanceof ArrayBuffer) return lookAtMemory(part, path);
    if (Array.isArray(part)) {
      for (let i = 0; i < part.length; i++) lookAt(part[i], `${path}[${i}]`);
      return;
    }
    if (part instanceof Map || part instanceof Set) {
      for (const [key, entry] of part.entries()) {
        lookAt(key, `a key of ${path || "it"}`);
        lookAt(entry, `${path}.get(${String(key)})`);
      }
      return;
    }
    const asIs = [Date, RegExp, Error, SharedArrayBuffer, Boolean, Number, String];
    if (asIs.some((known) => part instanceof known)) return;
    const prototype = Object.getPrototypeOf(part);
    if (prototype !== null && prototype !== Object.prototype) {
      const { constructor } = part;
      fail(path, `an instance of ${typeof constructor === "function" ? constructor.name : "a class"}`);
    }
    if (Object.getOwnPropertySymbols(part).length > 0) fail(path, "an object with a symbol as a key");
    for (const [key, entry] of Object.entries(part)) lookAt(entry, path ? `${path}.${key}` : key);
  };

  lookAt(value, "");
  const moves = (buffer: ArrayBufferLike) =>
    !copies && buffer !== stays && (covered.get(buffer as ArrayBuffer) ?? 0) * 2 > buffer.byteLength;
  const moved = [...covered.keys()].filter(moves);
  let bytes = 0;
  for (const { byteLength } of moved) bytes += byteLength;
  const others = views.filter((memory) => !moves(ArrayBuffer.isView(memory) ? memory.buffer : memory));
  if (others.length === 0) return { value, moved, bytes, copied: 0 };

  // Views begin where any element may.
  const aligned = (size: number) => Math.ceil(size / 16) * 16;
  let size = 0;
  for (const { byteLength } of others) size += aligned(byteLength);
  const memory = new ArrayBuffer(size);
  seen.clear();
  let end = 0;
  let copied = 0;
  for (const part of others) {
    const { byteLength } = part;
    const isView = ArrayBuffer.isView(part);
    const from = isView ? new Uint8Array(part.buffer, part.byteOffset, byteLength) : new Uint8Array(part);
    copied += byteLength;
    if (!isView) {
      const own = from.slice().buffer;
      moved.push(own);
      bytes += byteLength;
      seen.set(part, own);
      continue;
    }
    new Uint8Array(memory, end, byteLength).set(from);
    const kind = part instanceof DataView ? "DataView" : (part as Uint8Array)[Symbol.toStringTag];
    const Kind = (globalThis as unknown as Record<string, new (...of: unknown[]) => ArrayBufferView>)[kind];
    if (!Kind) throw new TypeError(`a view of ${kind} is not known here`);
    const elements = part instanceof DataView ? byteLength : (part as Uint8Array).length;
    seen.set(part, new Kind(memory, end, elements));
    end += aligned(byteLength);
  }
  if (end > 0) {
    moved.push(memory);
    bytes += size;
  }

  const copyOf = (part: unknown): unknown => {
    if (typeof part !== "object" || part === null) return part;
    const known = seen.get(part);
    if (known !== undefined) return known;
    if (Array.isArray(part)) {
      const copy: unknown[] = new Array(part.length);
      seen.set(part, copy);
      for (let i = 0; i < part.length; i++) copy[i] = copyOf(part[i]);
      return copy;
    }
    if (part instanceof Map) {
      const copy = new Map();
      seen.set(part, copy);
      for (const [key, entry] of part) copy.set(copyOf(key), copyOf(entry));
      return copy;
    }
    if (part instanceof Set) {
      const copy = new Set();
      seen.set(part, copy);
      for (const entry of part) copy.add(copyOf(entry));
      return copy;
    }
    const prototype = Object.getPrototypeOf(part);
    if (prototype !== null && prototype !== Object.prototype) return part;
    const copy: Record<string, unknown> = {};
    seen.set(part, copy);
    for (const [key, entry] of Object.entries(part)) {
      Object.defineProperty(copy, key, {
        value: copyOf(entry),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    return copy;
  };

  return { value: copyOf(value), moved, bytes, copied };
}
