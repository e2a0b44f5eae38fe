import type { CallOptions } from "@lade/core";
import { inParallel } from "@lade/core/concurrency";
import { FaultList } from "../registry/fault_list.ts";
import type {
  ArrayDescription,
  Description,
  Format,
  FormatTarget,
  Verification,
  VerifyOptions,
} from "../registry/format.ts";
import { describeMember } from "./describe_member.ts";
import { NpzFile } from "./npz_file.ts";
import { verifyMember } from "./verify_member.ts";

/** npz as one of the formats. */
export const format: Format = { name: "npz", describe, verify };

/** Headers that are read at a time. */
const WIDTH = 8;

async function describe(target: FormatTarget, options: CallOptions = {}): Promise<Description> {
  const source = await target.open("end");
  const file = await NpzFile.open(source, options);
  const arrays: ArrayDescription[] = [];
  await inParallel(file.names.entries(), WIDTH, async ([index, name], signal) => {
    const { compression, storedSize: bytes } = file.member(name);
    const described = await describeMember(file, name, { signal });
    arrays[index] = { ...described, bytes, ...(compression === "deflate" && { compression }) };
  }, options.signal);
  return {
    format: "npz",
    size: source.size,
    arrays,
    records: file.members.length,
    checksums: ["CRC-32 of each member"],
  };
}

async function verify(target: FormatTarget, options: VerifyOptions = {}): Promise<Verification> {
  const { signal, onBytes } = options;
  const call = signal ? { signal } : {};
  const list = new FaultList(options);
  let checked = 0;
  let bytes = 0;
  const source = await target.open("end");
  await list.step(async () => {
    const file = await NpzFile.open(source, call);
    for (const member of file.members) {
      if (list.isFull) return;
      await list.step(async () => {
        await verifyMember(source, member, call);
        checked++;
        if (member.name.endsWith(".npy")) await describeMember(file, member.name.slice(0, -4), call);
      });
      bytes += member.storedSize;
      onBytes?.(member.storedSize);
    }
  });
  return { checked: { "CRC-32 of a member": checked }, bytes, faults: list.faults };
}
