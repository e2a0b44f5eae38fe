import { analyzeOpLog, type OpLogRow } from "@lade/workload/oplog";
import {
  OpLogAnalysisMessage,
  OpLogRowMessage,
  SortedLogMessage,
} from "../../packages/cli/messages/oplog_messages.ts";
import type { Message } from "../../packages/cli/output/message.ts";

/** What `lade oplog` prints of rows that have a text in every field, by kind. */
export async function oplogMessages(text: string): Promise<Readonly<Record<string, Message>>> {
  const row: OpLogRow = {
    ...{ thread: text, op: text, clientId: text, endpoint: text, file: text, error: text, call: text },
    ...{ toFile: text, server: text, objects: 1, bytes: 1, startSeconds: 0, startNanos: 0, durationNs: 1 },
    ...{ offset: 1, length: 1 },
  };
  return {
    oplogrow: new OpLogRowMessage(row),
    oploganalysis: new OpLogAnalysisMessage(await analyzeOpLog([row], { by: "prefix" }), "prefix", 100),
    sortedlog: new SortedLogMessage(text, 1, 1),
  };
}
