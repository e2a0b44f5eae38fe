import { type DType, elementsOf } from "../array/dtype.ts";
import { formatLiteral } from "./format_literal.ts";
import type { NpyField, NpyTimeUnit, NpyType } from "./npy_type.ts";
import type { Literal } from "./parse_literal.ts";
import { swapBytes } from "../array/swap_bytes.ts";

/** How elements lie in a file. */
export interface ElementLayout {
  /** What they are. */
  readonly type: NpyType;
  /** Bytes of one. */
  readonly size: number;
  /**
   * Puts elements that lie one after the other into the machine's byte order, in place, and says what is wrong with them,
   * where that can be told. Absent where there is nothing to do.
   */
  readonly settle?: (bytes: Uint8Array) => string | undefined;
}

/** Makes the errors of what is said about elements. */
export interface DescrFaults {
  /** It says nothing that there is. */
  invalid(detail: string): Error;
  /** It says what is not read. */
  unsupported(detail: string, advice: string): Error;
}

const SIZES: Readonly<Record<string, Readonly<Record<string, DType>>>> = {
  b: { 1: "bool" },
  i: { 1: "int8", 2: "int16", 4: "int32", 8: "int64" },
  u: { 1: "uint8", 2: "uint16", 4: "uint32", 8: "uint64" },
  f: { 2: "float16", 4: "float32", 8: "float64" },
  c: { 8: "complex64", 16: "complex128" },
};
const CODE =
  /^([<>|]?)([A-Za-z?])([0-9]{0,16})(?:\[([0-9]{0,9})(Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as|generic)\])?$/;
const PICKLES = "nothing is ever unpickled here: save it with a dtype of numbers, texts or fields";

/** What a `descr` of a header says of the elements. */
export function parseDescr(descr: Literal, faults: DescrFaults): ElementLayout {
  if (descr.kind === "string") return parseCode(descr.value, faults);
  if (descr.kind === "list") return parseFields(descr.items, faults);
  throw faults.invalid(`${formatLiteral(descr).slice(0, 100)} is no dtype`);
}

function parseCode(code: string, faults: DescrFaults): ElementLayout {
  const [, order = "", letter = "", digits = "", step, unit] = CODE.exec(code) ?? [];
  if (letter === "O" || letter === "T") {
    throw faults.unsupported(`its elements ('${code}') are Python objects, which are pickled`, PICKLES);
  }
  const size = Number(digits);
  const big = order === ">";
  const told = order === "<" || big;
  const unitless = unit === undefined;
  if (letter in SIZES && unitless && digits !== "") {
    const dtype = SIZES[letter]?.[digits];
    if (!dtype) {
      throw faults.unsupported(`'${code}' is no number of this platform`, "save it with another dtype");
    }
    if (told || size === 1) return numberLayout(dtype, size, big, letter);
  }
  if (letter === "U" && unitless && digits !== "" && told && Number.isSafeInteger(4 * size)) {
    return { type: { dtype: "string", length: size }, size: 4 * size, ...swapping(big, 4) };
  }
  if ((letter === "S" || letter === "V") && unitless && digits !== "" && Number.isSafeInteger(size)) {
    return { type: { dtype: letter === "S" ? "bytes" : "void", length: size }, size };
  }
  if ((letter === "M" || letter === "m") && size === 8 && told && step !== "0") {
    const time = { unit: (unit ?? "generic") as NpyTimeUnit, step: Number(step || 1) };
    const dtype = letter === "M" ? "datetime" as const : "timedelta" as const;
    return { type: { dtype, ...time }, size, ...swapping(big, 8) };
  }
  throw faults.invalid(`'${code.slice(0, 100)}' is no dtype`);
}

function numberLayout(dtype: DType, size: number, big: boolean, letter: string): ElementLayout {
  if (dtype === "bool") return { type: { dtype }, size, settle: boolFault };
  return { type: { dtype }, size, ...swapping(big, letter === "c" ? size / 2 : size) };
}

function swapping(big: boolean, width: number): Pick<ElementLayout, "settle"> {
  if (!big || (width !== 2 && width !== 4 && width !== 8)) return {};
  return {
    settle: (bytes) => {
      swapBytes(bytes, width);
      return undefined;
    },
  };
}

function boolFault(bytes: Uint8Array): string | undefined {
  for (let index = 0; index < bytes.length; index++) {
    if ((bytes[index] as number) > 1) return `a bool is ${bytes[index]}, neither 0 nor 1`;
  }
  return undefined;
}

function parseFields(items: readonly Literal[], faults: DescrFaults): ElementLayout {
  const fields: NpyField[] = [];
  const settled: { readonly offset: number; readonly size: number; readonly settle: Settle }[] = [];
  const names = new Set<string>();
  let length = 0;
  for (const item of items) {
    const { name, title, descr, shape } = fieldParts(item, faults);
    const layout = parseDescr(descr, faults);
    const size = layout.size * (elementsOf(shape) ?? NaN);
    const offset = length;
    length += size;
    if (!Number.isSafeInteger(length)) throw faults.invalid("a field is larger than any object");
    // What NumPy leaves between fields it writes as one without a name.
    if (name === "" && layout.type.dtype === "void") continue;
    for (const each of title === undefined ? [name] : [name, title]) {
      if (names.has(each)) throw faults.invalid(`two fields have the name '${each}'`);
      names.add(each);
    }
    fields.push({ name, type: layout.type, shape, offset, ...(title !== undefined && { title }) });
    if (layout.settle && size > 0) settled.push({ offset, size, settle: layout.settle });
  }
  const layout = { type: { dtype: "struct" as const, length, fields }, size: length };
  if (settled.length === 0) return layout;
  return {
    ...layout,
    settle: (bytes) => {
      for (let start = 0; start < bytes.length; start += length) {
        for (const { offset, size, settle } of settled) {
          const fault = settle(bytes.subarray(start + offset, start + offset + size));
          if (fault !== undefined) return fault;
        }
      }
      return undefined;
    },
  };
}

type Settle = NonNullable<ElementLayout["settle"]>;

function fieldParts(item: Literal, faults: DescrFaults) {
  const [name, descr, shape, ...more] = item.kind === "tuple" ? item.items : [];
  const [title, titled] = name?.kind === "tuple" && name.items.length === 2 ? name.items : [undefined, name];
  if (!descr || titled?.kind !== "string" || (title && title.kind !== "string") || more.length > 0) {
    throw faults.invalid(`${formatLiteral(item).slice(0, 100)} is no field`);
  }
  return {
    name: titled.value,
    ...(title && { title: title.value }),
    descr,
    shape: shape
      ? parseShape(shape.kind === "integer" ? { kind: "tuple", items: [shape] } : shape, faults)
      : [],
  };
}

/** The lengths that a tuple has. */
export function parseShape(shape: Literal, faults: Pick<DescrFaults, "invalid">): number[] {
  const lengths = shape.kind === "tuple" ? shape.items : undefined;
  const numbers = lengths?.flatMap((each) => each.kind === "integer" && each.value >= 0 ? each.value : []);
  if (numbers && numbers.length === lengths?.length) return numbers;
  throw faults.invalid(`${formatLiteral(shape).slice(0, 100)} is no shape`);
}
