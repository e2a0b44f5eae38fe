import type { CallOptions } from "@lade/core";
import type { FormatError } from "../errors/format_error.ts";
import { FaultList } from "../registry/fault_list.ts";
import type { ArrayDescription, Format, FormatTarget } from "../registry/format.ts";
import { readSafetensors, type SafetensorsFile } from "./safetensors_file.ts";
import { readSafetensorsSet } from "./safetensors_set.ts";

/** What commands ask of safetensors: of a file, or of all files of an index. */
export const format: Format = {
  name: "safetensors",

  async describe(target, options) {
    const files = await filesOf(target, options);
    const [first] = files;
    return {
      format: "safetensors",
      size: files.reduce((sum, { source }) => sum + source.size, 0),
      arrays: files.flatMap(arraysOf),
      ...(isIndex(target) && { chunks: files.length }),
      checksums: [],
      ...(first && { metadata: first.metadata }),
    };
  },

  /** The format has no checksums: what it can tell, it tells by its headers, the objects' sizes and the index. */
  async verify(target, options = {}) {
    const list = new FaultList(options);
    let files: readonly SafetensorsFile[] = [];
    await list.step(async () => {
      files = await filesOf(target, options, (fault) => list.add(fault));
    });
    const bytes = files.reduce((sum, { dataOffset }) => sum + dataOffset, 0);
    const unchecked = files.reduce((sum, { dataLength }) => sum + dataLength, 0);
    options.onBytes?.(bytes);
    return { checked: {}, unchecked, bytes, faults: list.faults };
  },
};

function isIndex({ key }: FormatTarget): boolean {
  return key.endsWith(".json");
}

async function filesOf(
  target: FormatTarget,
  options: CallOptions = {},
  onFault?: (fault: FormatError) => void,
): Promise<readonly SafetensorsFile[]> {
  const call = { ...(options.signal && { signal: options.signal }) };
  const source = await target.open("start");
  if (!isIndex(target)) return [await readSafetensors(source, call)];
  return await (await readSafetensorsSet(target.store, target.key, source, call)).check({
    ...call,
    ...(onFault && { onFault }),
  });
}

function arraysOf({ tensors }: SafetensorsFile): readonly ArrayDescription[] {
  return Array.from(tensors.values(), ({ name, dtype, shape, length }) => {
    return { name, dtype, shape, bytes: length, order: "C" };
  });
}
