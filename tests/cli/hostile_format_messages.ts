import { ConvertedMessage } from "../../packages/cli/messages/converted_message.ts";
import {
  DescriptionLineMessage,
  DescriptionMessage,
} from "../../packages/cli/messages/description_messages.ts";
import { HeadMessage, HeadRowMessage } from "../../packages/cli/messages/head_messages.ts";
import { IndexMessage } from "../../packages/cli/messages/index_messages.ts";
import { VerifiedMessage, VerifiedSumMessage } from "../../packages/cli/messages/verified_messages.ts";
import type { Message } from "../../packages/cli/output/message.ts";

/** The messages of commands that know formats, each with this text wherever it can be. */
export function hostileFormatMessages(text: string): Readonly<Record<string, Message>> {
  const field = { name: text, type: { kind: "string" }, nullable: true } as const;
  const described = {
    ...{ uri: text, name: text, storedAs: text },
    description: {
      ...{
        format: "npy" as const,
        version: text,
        size: 1,
        rows: 1,
        compression: text,
        checksums: [text],
      },
      arrays: [{ name: text, dtype: text, shape: [1], bytes: 1, compression: text }],
      schema: {
        fields: [field, {
          name: "s",
          type: { kind: "struct", fields: [field] },
          nullable: false,
        }],
        metadata: { [text]: text },
      },
      metadata: { [text]: text },
    },
  } as const;
  const row = [[text, text], ["list", [text]], ["struct", { [text]: text }]] as const;
  return {
    converted: new ConvertedMessage({
      ...{ source: text, destination: text, from: text, to: text, counts: { rows: 1 } },
    }),
    description: new DescriptionMessage(described, 80),
    descriptionline: new DescriptionLineMessage(described),
    head: new HeadMessage({
      columns: row.map(([name]) => name),
      rows: [row],
      title: text,
      width: 200,
    }),
    headrow: new HeadRowMessage(text, 0, row),
    index: new IndexMessage({
      ...{ uri: text, index: text, format: "tar", state: "stale", count: 1, noun: "sample", reason: text },
    }),
    verified: new VerifiedMessage({
      uri: text,
      name: text,
      format: "npy",
      verification: { checked: { [text]: 1 }, bytes: 1, faults: [new Error(text)] },
    }),
    verifiedsum: new VerifiedSumMessage({ ok: 1, failed: 1, unchecked: 1 }),
  };
}
