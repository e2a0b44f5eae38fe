import { hashText } from "../replay/hash_text.ts";
import { ReplayContent } from "../replay/content.ts";
import type { ObjectSet, WorkloadSpec } from "../spec/workload_spec.ts";

export interface SetContent {
  fill(id: number, offset: number, target: Uint8Array): void;
  verify(id: number, offset: number, bytes: Uint8Array): number | undefined;
}

export function contentOf({ seed, data: _data }: WorkloadSpec, { name }: ObjectSet): SetContent {
  const content = new ReplayContent(hashText(name, seed));
  return {
    fill: (id, offset, target) => content.fill(String(id), offset, target),
    verify: (id, offset, bytes) => {
      const at = content.firstWrong(String(id), offset, bytes);
      return at === undefined ? undefined : at - offset;
    },
  };
}
