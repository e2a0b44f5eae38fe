import { MemoryStore } from "@lade/core";
import type { OpLogRow } from "@lade/workload";
import { planReplay, replay } from "@lade/workload/replay";
import {
  ReplayMessage,
  ReplayNeededMessage,
  ReplayPlanMessage,
} from "../../packages/cli/messages/replay_messages.ts";
import type { Message } from "../../packages/cli/output/message.ts";

/** What `lade replay` prints of rows that have a text in every field, by kind. */
export async function replayMessages(text: string): Promise<Readonly<Record<string, Message>>> {
  const row = (op: string): OpLogRow => ({
    ...{ thread: text, op, clientId: text, endpoint: text, file: text, error: text, call: text },
    ...{ toFile: text, server: text, objects: 1, bytes: 1, startSeconds: 0, startNanos: 0, durationNs: 1 },
  });
  const rows = async function* () {
    yield* ["GET", "PUT", text].map(row);
  };
  const store = new MemoryStore();
  const result = await replay(rows(), () => Promise.resolve({ store, key: "" }), {
    readOnly: true,
    speed: "asap",
  });
  const prepared = { written: 1, bytes: 1, kept: 1 };
  return {
    replay: new ReplayMessage({ log: text, result, prepared }, 120),
    replayneeded: new ReplayNeededMessage(text, 1),
    replayplan: new ReplayPlanMessage(text, await planReplay(rows()), 120),
  };
}
