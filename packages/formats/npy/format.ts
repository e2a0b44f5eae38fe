import type { CallOptions } from "@lade/core";
import type { Description, Format, FormatTarget, Verification, VerifyOptions } from "../registry/format.ts";
import { FaultList } from "../registry/fault_list.ts";
import { describeHeader } from "./describe_header.ts";
import { NpyFile } from "./npy_file.ts";

/** npy as one of the formats. */
export const format: Format = { name: "npy", describe, verify };

async function describe(target: FormatTarget, options: CallOptions = {}): Promise<Description> {
  const source = await target.open();
  const { header } = await NpyFile.open(source, options);
  return {
    format: "npy",
    version: header.version,
    size: source.size,
    arrays: [describeHeader("", header)],
    checksums: [],
  };
}

/** npy has no checksums: what can be told is whether the header fits the object, and whether bools are some. */
async function verify(target: FormatTarget, options: VerifyOptions = {}): Promise<Verification> {
  const { signal, onBytes } = options;
  const list = new FaultList(options);
  const source = await target.open();
  let bytes = 0;
  const count = (more: number) => {
    bytes += more;
    onBytes?.(more);
  };
  await list.step(async () => {
    const file = await NpyFile.open(source, signal ? { signal } : {});
    count(file.header.dataOffset);
    await file.check({ ...(signal && { signal }), onBytes: count });
  });
  return { checked: {}, unchecked: source.size, bytes, faults: list.faults };
}
