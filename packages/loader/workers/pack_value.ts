/** What goes to another thread with values that were packed. */
export interface PackedMemory {
  /** The memory that is moved: it is gone from here once the values were sent. */
  readonly moved: ArrayBuffer[];
  /** Bytes of `moved`. */
  readonly bytes: number;
  /** How many of them were copied for it. */
  readonly copied: number;
  /** Those of `moved` in which several values may lie. */
  readonly shared: readonly ArrayBuffer[];
}

/** What may be moved. */
export interface PackOptions {
  /** Memory that stays here: views of it are copied. */
  readonly stays?: ArrayBufferLike | undefined;
  /** More of it. */
  readonly stay?: WeakSet<ArrayBufferLike>;
  /** Whether all memory stays here. */
  readonly copies?: boolean;
  /** Whether what is given shares nothing with the value, but for memory that is moved: it need not be sent to do so. */
  readonly apart?: boolean;
}

/** Packs values that go to another thread together. */
export interface ValuePacker {
  /** Bytes that go with what was packed so far. */
  readonly bytes: number;
  /** Whether memory is moved with it that is not the packer's own. */
  readonly moves: boolean;
  /**
   * Packs one more, and gives what is sent in its place: the value, or one like it whose views are of other memory. Nothing goes
   * of one that cannot be sent.
   */
  pack(value: unknown, options?: PackOptions): unknown;
  /** What goes with them. The next one that is packed is of another message. */
  take(): PackedMemory;
}

/**
 * Packs values for another thread. Memory of 4 KiB and more that a value's views cover by more than half is moved; of all
 * other, and of what stays, the bytes of the views are copied: those of small values side by side into one memory for all
 * of them. No two values share anything where they arrive. What would not arrive as it is (functions, symbols, instances of
 * classes, memory that was moved before) is a `TypeError` that says where in the value it is.
 *
 * Its text is sent to workers, so it uses nothing from outside.
 */
export function valuePacker(): ValuePacker {
  /** To move smaller memory takes longer than to copy it. */
  const leastMoved = 4096;
  const mostShared = 65536;
  const arePlain = ["number", "string", "boolean", "undefined", "bigint"];
  type Memory = ArrayBufferView | ArrayBuffer;
  /** Of all values since the last time. */
  const moved = new Set<ArrayBuffer>();
  const owned = new Set<object>();
  const sharing: ArrayBuffer[] = [];
  let bytes = 0;
  let copied = 0;
  let moves = false;
  /** Where small values lie, up to `end`; all their bytes, and how many there were last time. */
  let shared = new ArrayBuffer(0);
  let end = 0;
  let used = 0;
  let usedBefore = 0;
  /** Of the value that is packed. */
  const seen = new Map<object, unknown>();
  const covered = new Map<ArrayBuffer, number>();
  const views: Memory[] = [];
  let isShared = false;

  const fail = (path: string, what: string): never => {
    throw new TypeError(`${path || "it"} is ${what}`);
  };

  const lookAtMemory = (memory: Memory, path: string): void => {
    const buffer = ArrayBuffer.isView(memory) ? memory.buffer : memory;
    // Memory that threads share goes to the other one as it is.
    if (!(buffer instanceof ArrayBuffer)) return;
    if (buffer.detached || moved.has(buffer)) {
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
    // What another value has as well would be one object of both where they arrive.
    if (owned.has(part)) isShared = true;
    else owned.add(part);
    if (Array.isArray(part)) {
      for (let i = 0; i < part.length; i++) {
        if (!arePlain.includes(typeof part[i])) lookAt(part[i], `${path}[${i}]`);
      }
      return;
    }
    const prototype = Object.getPrototypeOf(part);
    if (prototype === null || prototype === Object.prototype) {
      if (Object.getOwnPropertySymbols(part).length > 0) fail(path, "an object with a symbol as a key");
      for (const key of Object.keys(part)) {
        const entry = (part as Record<string, unknown>)[key];
        if (!arePlain.includes(typeof entry)) lookAt(entry, path ? `${path}.${key}` : key);
      }
      return;
    }
    if (part instanceof Map || part instanceof Set) {
      for (const [key, entry] of part.entries()) {
        lookAt(key, `a key of ${path || "it"}`);
        lookAt(entry, `${path}.get(${String(key)})`);
      }
      return;
    }
    // What an error has besides may be anything.
    if (part instanceof Error) structuredClone(part);
    const asIs = [Date, RegExp, Error, SharedArrayBuffer, Boolean, Number, String];
    if (asIs.some((known) => part instanceof known)) return;
    const { constructor } = part;
    fail(path, `an instance of ${typeof constructor === "function" ? constructor.name : "a class"}`);
  };

  // Views begin where any element may.
  const aligned = (size: number) => Math.ceil(size / 16) * 16;

  const add = (memory: ArrayBuffer) => {
    moved.add(memory);
    bytes += memory.byteLength;
  };

  /** Memory for a value's copies, and where in it they begin. */
  const place = (size: number): [ArrayBuffer, number] => {
    if (size >= leastMoved) {
      const own = new ArrayBuffer(size);
      add(own);
      return [own, 0];
    }
    if (end + size > shared.byteLength) {
      const more = Math.min(Math.max(used, Math.ceil(usedBefore * 1.25)), mostShared);
      shared = new ArrayBuffer(Math.max(size, more));
      end = 0;
      add(shared);
      sharing.push(shared);
    }
    end += size;
    used += size;
    return [shared, end - size];
  };

  const copyView = (view: ArrayBufferView, memory: ArrayBuffer, at: number): ArrayBufferView => {
    const { byteLength } = view;
    new Uint8Array(memory, at, byteLength).set(new Uint8Array(view.buffer, view.byteOffset, byteLength));
    if (view instanceof Uint8Array) return new Uint8Array(memory, at, byteLength);
    const kind = view instanceof DataView ? "DataView" : (view as Int8Array)[Symbol.toStringTag];
    const Kind = (globalThis as unknown as Record<string, new (...of: unknown[]) => ArrayBufferView>)[kind];
    if (!Kind) throw new TypeError(`a view of ${kind} is not known here`);
    return new Kind(memory, at, view instanceof DataView ? byteLength : (view as Int8Array).length);
  };

  const copyOf = (part: unknown): unknown => {
    if (typeof part !== "object" || part === null) return part;
    const known = seen.get(part);
    if (known !== undefined) return known;
    if (ArrayBuffer.isView(part) || part instanceof ArrayBuffer || part instanceof SharedArrayBuffer) {
      return part;
    }
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
    if (prototype !== null && prototype !== Object.prototype) {
      const copy = isShared ? structuredClone(part) : part;
      seen.set(part, copy);
      return copy;
    }
    const copy: Record<string, unknown> = {};
    seen.set(part, copy);
    for (const key of Object.keys(part)) {
      const value = copyOf((part as Record<string, unknown>)[key]);
      if (key !== "__proto__") copy[key] = value;
      else {
        Object.defineProperty(copy, key, { value, enumerable: true, writable: true, configurable: true });
      }
    }
    return copy;
  };

  const pack = (value: unknown, { stays, stay, copies = false, apart = false }: PackOptions): unknown => {
    isShared = apart;
    lookAt(value, "");
    const isMoved = (buffer: ArrayBufferLike) =>
      !copies && buffer !== stays && !stay?.has(buffer) && buffer.byteLength >= leastMoved &&
      (covered.get(buffer as ArrayBuffer) ?? 0) * 2 > buffer.byteLength;
    let size = 0;
    const others: Memory[] = [];
    for (const memory of views) {
      if (isMoved(ArrayBuffer.isView(memory) ? memory.buffer : memory)) continue;
      others.push(memory);
      if (ArrayBuffer.isView(memory)) size += aligned(memory.byteLength);
    }
    for (const buffer of covered.keys()) {
      if (!isMoved(buffer)) continue;
      add(buffer);
      moves = true;
    }
    if (others.length === 0 && !isShared) return value;
    seen.clear();
    let [memory, at] = size > 0 ? place(size) : [shared, end];
    for (const part of others) {
      const { byteLength } = part;
      copied += byteLength;
      if (ArrayBuffer.isView(part)) {
        seen.set(part, copyView(part, memory, at));
        at += aligned(byteLength);
      } else {
        const own = part.slice(0);
        seen.set(part, own);
        add(own);
      }
    }
    return copyOf(value);
  };

  return {
    get bytes() {
      return bytes;
    },
    get moves() {
      return moves;
    },
    pack(value, options = {}) {
      try {
        return pack(value, options);
      } finally {
        seen.clear();
        covered.clear();
        views.length = 0;
      }
    },
    take() {
      const all = { moved: [...moved], bytes, copied, shared: sharing.splice(0) };
      usedBefore = used;
      moved.clear();
      owned.clear();
      bytes =
        copied =
        end =
        used =
          0;
      shared = new ArrayBuffer(0);
      moves = false;
      return all;
    },
  };
}
