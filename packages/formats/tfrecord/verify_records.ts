import type { CallOptions } from "@lade/core";
import type { FormatError } from "../errors/format_error.ts";
import { FaultList } from "../registry/fault_list.ts";
import type { FormatTarget, Verification, VerifyOptions } from "../registry/format.ts";
import { type FoundIndex, readIndex } from "./index_file.ts";
import { recordFault } from "./record_fault.ts";
import { recordsOf } from "./read_records.ts";
import type { RecordBatch } from "./record_batch.ts";
import { HEAD_BYTES } from "./record_frame.ts";
import { inputOfTarget, type RecordInput } from "./record_input.ts";

/**
 * Compares every checksum of a TFRecord object, and where an index lies beside it, whether the records are where that says.
 * Past a record that is damaged it goes on; past a length that is, nothing can be found.
 */
export async function verifyRecords(
  target: FormatTarget,
  options: VerifyOptions = {},
): Promise<Verification> {
  const { signal } = options;
  const call = { ...(signal && { signal }) };
  const list = new FaultList(options);
  const counts = { sound: 0, damaged: 0, bytes: 0 };
  await list.step(async () => {
    const input = await inputOfTarget(target, call);
    const found = await indexBeside(target, input, call, list);
    const onBytes = (bytes: number) => {
      counts.bytes += bytes;
      options.onBytes?.(bytes);
    };
    const onFault = (fault: FormatError) => {
      counts.damaged++;
      list.add(fault);
    };
    const end = input.source ? { end: input.source.size } : {};
    let isMisplaced = false;
    for await (const batch of recordsOf(counted(input, onBytes), { ...call, ...end, onFault })) {
      counts.sound += batch.length;
      const record = found && !isMisplaced ? misplacedIn(batch, found) : undefined;
      if (record !== undefined && found) {
        isMisplaced = true;
        const offset = batch.offset + (batch.starts[record - batch.first] ?? 0) - HEAD_BYTES;
        const advice = `lade index ${input.uri} renews it`;
        list.add(
          recordFault(
            { uri: input.uri, record, offset },
            `its index ${JSON.stringify(found.key)} has it elsewhere`,
            advice,
          ),
        );
      }
      if (list.isFull) break;
    }
  });
  const { sound, damaged, bytes } = counts;
  const checked = { "CRC-32C of a length": sound + damaged, "CRC-32C of a record": sound };
  return { checked, unchecked: 0, bytes, faults: list.faults };
}

/** The bytes of an input in order; it tells of them as they are read. */
function counted(input: RecordInput, onBytes: (bytes: number) => void): RecordInput {
  const stream = async function* (call?: CallOptions) {
    for await (const piece of input.stream(call)) {
      onBytes(piece.length);
      yield piece;
    }
  };
  return { uri: input.uri, stored: input.stored, stream };
}

async function indexBeside(
  { store, key }: FormatTarget,
  { source }: RecordInput,
  call: CallOptions,
  list: FaultList,
): Promise<FoundIndex | undefined> {
  let found: FoundIndex | undefined;
  await list.step(async () => {
    found = source && await readIndex(store, key, source.size, call);
  });
  return found;
}

/** The first record of a batch that is not where the index says. */
function misplacedIn({ first, offset, starts }: RecordBatch, { index }: FoundIndex): number | undefined {
  const place = starts.findIndex((start, at) => index.bounds[first + at] !== offset + start - HEAD_BYTES);
  return place < 0 ? undefined : first + place;
}
