import type { DType } from "../array/dtype.ts";
import type { Hdf5Metadata } from "./libhdf5.ts";

/** The classes of types, by the library's numbers. */
const CLASSES = [
  "integer",
  "float",
  "time",
  "string",
  "bitfield",
  "opaque",
  "compound",
  "reference",
  "enum",
  "vlen",
  "array",
  "complex",
] as const;

/** What the elements of a data set are. */
export interface Hdf5Type {
  /** The dtype, where elements are numbers of one. */
  readonly dtype?: DType;
  /** Whether they are texts. */
  readonly text: boolean;
  /** What they are, in words: `float32`, `string`, `compound {x: int32, y: float64}`. */
  readonly name: string;
}

/** Whether elements, or what is in them, lie elsewhere in the file, and in memory that the library has to take back. */
export function liesElsewhere({ type, vlen, compound_type }: Hdf5Metadata): boolean {
  const kind = CLASSES[type];
  return vlen || kind === "vlen" || kind === "array" ||
    (compound_type?.members.some((member) => liesElsewhere(member)) ?? false);
}

/** What a type is by the library's account of it. */
export function hdf5TypeOf(metadata: Hdf5Metadata): Hdf5Type {
  const kind = CLASSES[metadata.type] ?? "unknown";
  const dtype = dtypeOf(metadata, kind);
  if (dtype !== undefined) return { dtype, text: false, name: dtype };
  if (kind === "string") {
    return { text: true, name: metadata.vlen ? "string" : `string of ${metadata.size} bytes` };
  }
  const members = metadata.compound_type?.members.map((member) =>
    `${member.name}: ${hdf5TypeOf(member).name}`
  );
  return {
    text: false,
    name: members ? `compound {${members.join(", ")}}` : `${kind} of ${metadata.size} bytes`,
  };
}

function dtypeOf(metadata: Hdf5Metadata, kind: string): DType | undefined {
  const { size, signed, littleEndian, enum_type, compound_type } = metadata;
  if (kind === "integer") return integer(size, signed);
  if (kind === "float") return float(size);
  // The library leaves these in the order of their bytes.
  if (!littleEndian && size > 1) return undefined;
  if (kind === "enum" && enum_type && CLASSES[enum_type.type] === "integer") {
    const { FALSE, TRUE, ...others } = enum_type.members;
    const isBool = size === 1 && FALSE === 0 && TRUE === 1 && Object.keys(others).length === 0;
    return isBool ? "bool" : integer(size, signed);
  }
  if (kind === "compound") {
    const [real, imaginary, ...others] = compound_type?.members ?? [];
    const isComplex = real?.name === "r" && imaginary?.name === "i" && others.length === 0 &&
      [real, imaginary].every((part) =>
        CLASSES[part.type] === "float" && part.littleEndian && part.size === size / 2
      );
    return isComplex ? complex(size) : undefined;
  }
  return kind === "complex" ? complex(size) : undefined;
}

function integer(size: number, signed: boolean): DType | undefined {
  const bits = size * 8;
  return bits === 8 || bits === 16 || bits === 32 || bits === 64
    ? `${signed ? "" : "u"}int${bits}`
    : undefined;
}

function float(size: number): DType | undefined {
  return size === 2 ? "float16" : size === 4 ? "float32" : size === 8 ? "float64" : undefined;
}

function complex(size: number): DType | undefined {
  return size === 8 ? "complex64" : size === 16 ? "complex128" : undefined;
}
