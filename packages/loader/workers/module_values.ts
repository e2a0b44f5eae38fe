import { moduleWords, type ResolvedModule } from "../config/module_export.ts";
import { type PackedMemory, type PackOptions, type ValuePacker, valuePacker } from "./pack_value.ts";

/** A value that goes to a module, or comes from it, and the memory that it brings. */
export interface OwnValue extends PackedMemory {
  readonly value: unknown;
}

/** Packs what goes to a module and comes from it. What cannot be sent is a `TypeError` that names the export. */
export class ModuleValues {
  /** Packs samples for a worker. */
  readonly packer: ValuePacker = valuePacker();
  readonly #words: string;

  /** For one export. */
  constructor(module: ResolvedModule) {
    this.#words = moduleWords(module);
  }

  /** Packs a sample. */
  sample(sample: unknown, options: PackOptions): unknown {
    return named(`send the sample to ${this.#words}`, () => this.packer.pack(sample, options));
  }

  /** Packs the samples of a batch. */
  samples(samples: unknown, options: PackOptions): unknown {
    return named(`send the samples to ${this.#words}`, () => this.packer.pack(samples, options));
  }

  /** Packs what the module gave. */
  result(made: unknown, options: PackOptions): unknown {
    return named(`send back what ${this.#words} gave`, () => this.packer.pack(made, options));
  }

  /** Takes the memory of what was packed. */
  take(value: unknown): OwnValue {
    return { value, ...this.packer.take() };
  }

  /** Moves a value as to another thread and back, so that a module works the same way in this one. */
  own(pack: (options: PackOptions) => unknown): OwnValue {
    const packed = pack({ apart: true });
    const { moves } = this.packer;
    const own = this.take(packed);
    if (!moves) return own;
    try {
      return structuredClone(own, { transfer: own.moved });
    } catch {
      // Memory of WebAssembly cannot be moved, which is only seen when it is tried.
      return this.take(pack({ apart: true, copies: true }));
    }
  }
}

function named<V>(what: string, pack: () => V): V {
  try {
    return pack();
  } catch (error) {
    throw new TypeError(`Cannot ${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
