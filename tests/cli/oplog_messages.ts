import type { Lade } from "@lade/lade";
import { analyzeOpLog, type OpLogRow } from "@lade/workload";
import {
  OpLogAnalysisMessage,
  OpLogRowMessage,
  SortedLogMessage,
} from "../../packages/cli/messages/oplog_messages.ts";
import type { Message } from "../../packages/cli/output/message.ts";
import { replayMessages } from "./replay_messages.ts";
import { putWorkload, workloadLines, workloadMessages } from "./workload_messages.ts";

/** What `lade oplog`, `lade replay` and `lade workload` print of rows that have a text in every field, by kind. */
export async function oplogMessages(text: string): Promise<Readonly<Record<string, Message>>> {
  const row: OpLogRow = {
    ...{ thread: text, op: text, clientId: text, endpoint: text, file: text, error: text, call: text },
    ...{ toFile: text, server: text, objects: 1, bytes: 1, startSeconds: 0, startNanos: 0, durationNs: 1 },
    ...{ offset: 1, length: 1 },
  };
  return {
    oplogrow: new OpLogRowMessage(row),
    oploganalysis: new OpLogAnalysisMessage(await analyzeOpLog([row], { by: "prefix" }), "prefix", 100),
    ...await replayMessages(text),
    ...await workloadMessages(text),
    sortedlog: new SortedLogMessage(text, 1, 1),
  };
}

/** Where {@linkcode putOplog} puts its log. */
export const OPLOG = "memory://logs/hostile.tsv";

/** Command lines that print it. */
export const oplogLines: readonly (readonly string[])[] = [
  ["cat", OPLOG],
  ["analyze", "--by", "prefix", OPLOG],
  ["analyze", "--by", "error", OPLOG],
];

/** Command lines of what replays and measures, with a text wherever one may stand. */
export function measuringLines(text: string) {
  return { replay: replayLines(text), ...workloadLines(text) };
}

/** Command lines of `lade replay` with a text wherever one may stand. */
function replayLines(text: string): readonly (readonly string[])[] {
  return [
    [OPLOG, "--read-only", "--asap"],
    [OPLOG, "--dry-run", "--map", `s3://${text.replaceAll(/[\t\r\n\ud800]/g, "")}=memory://bench`],
    [OPLOG, "--dry-run", "--prepare", "--verify"],
    [OPLOG, "--asap", "--map", `s3://=memory://${text}`],
    [OPLOG, "--map", text],
    [OPLOG, "--ops", text],
    [OPLOG, "--prefix", text, "--dry-run"],
    [`memory://m/away/${text}`],
  ];
}

/** Puts a spec of a workload, and an op-log of two rows, one without an error, in whose fields the text stands as it is, but for tabs and ends of lines. */
export async function putOplog(lade: Lade, text: string): Promise<void> {
  await putWorkload(lade, text);
  const field = text.replaceAll(/[\t\r\n]/g, "");
  const columns = [
    "op",
    "thread",
    "endpoint",
    "file",
    "error",
    "start",
    "duration_ns",
    "lade_op",
    "to_file",
    "server",
  ];
  const row = (error: string) => [
    "GET",
    field,
    `s3://${field}/`,
    field,
    error,
    "2026-01-01T00:00:00Z",
    "5",
    "get",
    field,
    field,
  ];
  const lines = [columns, row(field), row("")].map((fields) => fields.join("\t"));
  await lade.put(OPLOG, [...lines, "# rows=2 errors=1 dropped=0 complete", ""].join("\n"));
}
