import {
  CheckpointDetailsMessage,
  CheckpointMessage,
  CheckpointsMessage,
  CheckpointStateMessage,
} from "../../packages/cli/messages/checkpoint_messages.ts";
import {
  CheckpointCopiedMessage,
  CheckpointExportedMessage,
  CheckpointFaultMessage,
  CheckpointVerifiedMessage,
  CollectedMessage,
  RecoveredMessage,
} from "../../packages/cli/messages/checkpoint_work_messages.ts";
import type { Message } from "../../packages/cli/output/message.ts";
import { UnavailableError } from "../../packages/core/errors/errors.ts";

/** What `lade checkpoint` prints of a series whose every name is that one, by kind. */
export function checkpointMessages(name: string): Readonly<Record<string, Message>> {
  const ref = { generation: 1, step: 2 };
  const info = {
    ...{ ...ref, run: name, worldSize: 1, createdAt: new Date(0), bytes: 1, tensorCount: 1 },
    metrics: { [name]: 0.5 },
  };
  const uri = name;
  const listed = { uri, info, isPinned: true, isNewest: true };
  const fault = { key: name, detail: name, tensor: name, offset: 1, length: 1 };
  const report = { level: "full", objects: 1, bytes: 1, faults: [fault] } as const;
  const error = new UnavailableError({ operation: "read", uri: name, detail: name });
  return {
    checkpoint: new CheckpointMessage(listed),
    checkpoints: new CheckpointsMessage([listed, listed], { now: 1e6, width: 60 }),
    checkpointdetails: new CheckpointDetailsMessage({
      ...{ uri, info, tensors: [{ name, dtype: "float32", shape: [2] }] },
      extras: [{ name, ranks: [0], isJson: true, bytes: 1 }],
    }),
    checkpointstate: new CheckpointStateMessage({ uri, ref, action: "pin" }),
    checkpointfault: new CheckpointFaultMessage(uri, fault),
    checkpointverified: new CheckpointVerifiedMessage({ uri, info, report }),
    checkpointcopied: new CheckpointCopiedMessage({
      ...{ source: uri, destination: uri },
      copied: { ...ref, objects: 1, bytes: 1, present: 1, verified: "chunks", compared: 1 },
    }),
    checkpointexported: new CheckpointExportedMessage({
      ...{ source: uri, destination: uri },
      exported: { index: name, files: [name], tensors: 1, bytes: 1, removed: [name], left: [name] },
    }),
    collected: new CollectedMessage({
      ...{ uri, dryRun: true },
      report: {
        ...{ retired: [ref], held: [ref], waiting: [ref], unmarked: [ref], unknown: [name], isFull: true },
        damaged: [{ ...ref, key: name, detail: name }],
        removed: [{ name, reason: name, objects: 1, bytes: 1 }],
      },
    }),
    recovered: new RecoveredMessage({
      uri,
      report: {
        committed: [ref],
        incomplete: [{ attempt: name, ranks: 1, worldSize: 2 }],
        invalid: [{ attempt: name, error }],
      },
    }),
  };
}
