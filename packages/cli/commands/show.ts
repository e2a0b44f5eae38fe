import { defineCommand } from "../command/command.ts";
import { showOptions } from "../formats/show_options.ts";

/** `lade show`. */
export const show = defineCommand({
  name: "show",
  brief: "Show what objects are: format, shapes, columns",
  description:
    "Shows the format of each object and what its header, footer or index says: arrays with their shapes, columns with their \
types, rows, chunks, compression, checksums and metadata. No more of an object is read than that takes. The format is \
told by the name and by the first or last bytes. Of several objects, and of a prefix, each is a line.",
  usage: "URI...",
  examples: [
    ["lade show s3://bucket/model.safetensors", "shows its tensors"],
    ["lade show --json s3://bucket/train/", "prints a line of JSON for each object"],
  ],
  options: showOptions,
  whenUnread: "ends",
  run: async (context, given) => {
    const { runShow } = await import("../formats/run_show.ts");
    await runShow(context, given);
  },
});
