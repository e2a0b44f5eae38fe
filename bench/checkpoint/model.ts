import type { TensorPiece } from "@lade/checkpoint";

/** Bytes that are saved and loaded: `LADE_BENCH_GIB` GiB, 1 by default. */
export const MODEL_BYTES: number = gibibytes() * 2 ** 30;

/** Matrices and vectors of one GiB: of 64 MiB each, and of 1 MiB each. */
const MATRICES = 15;
const VECTORS = 64;

/** A model in memory. Of several GiB only one takes memory, that all have: so does the one in Python. */
export function makeModel(): (TensorPiece & { readonly data: Float32Array<ArrayBuffer> })[] {
  const data = [
    ...Array.from({ length: MATRICES }, (_, place) => new Float32Array(4096 * 4096).fill(place + 0.5)),
    ...Array.from({ length: VECTORS }, (_, place) => new Float32Array(512 * 512).fill(place + 0.25)),
  ];
  return Array.from({ length: MODEL_BYTES / 2 ** 30 }, (_, gib) =>
    data.map((data, place) => ({
      name: `layers.${gib}.${String(place).padStart(2, "0")}.${place < MATRICES ? "weight" : "bias"}`,
      dtype: "float32" as const,
      shape: place < MATRICES ? [4096, 4096] : [512, 512],
      data,
    }))).flat();
}

/** The same model in Python, as `model`, a dictionary of arrays. */
export const PYTHON_MODEL = `
import numpy as np
data = [np.full((4096, 4096), place + 0.5, np.float32) for place in range(${MATRICES})]
data += [np.full((512, 512), place + 0.25, np.float32) for place in range(${VECTORS})]
model = {
    "layers.%d.%02d.%s" % (gib, place, "weight" if place < ${MATRICES} else "bias"): array
    for gib in range(${MODEL_BYTES / 2 ** 30}) for place, array in enumerate(data)
}
`;

function gibibytes(): number {
  const text = Deno.env.get("LADE_BENCH_GIB") ?? "1";
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new Error(`Cannot save ${text} GiB: LADE_BENCH_GIB is a whole number`);
  }
  return value;
}
