import { defineCommand } from "../command/command.ts";
import { verifyOptions } from "../formats/verify_options.ts";

/** `lade verify`. */
export const verify = defineCommand({
  name: "verify",
  brief: "Compare every checksum that objects bear",
  description:
    "Reads objects and compares every checksum that their formats have: of records, members, pages, chunks or headers; and \
checks what else a format promises. Prints OK, FAILED or UNCHECKED for each, its faults on standard error, and exits with \
1 where there is one. UNCHECKED is what bears no checksum: it was read, and only its layout is known to be sound.",
  usage: "URI...",
  examples: [
    ["lade verify s3://bucket/train.tfrecord", "compares two checksums for each record"],
    ["lade verify --json s3://bucket/train/", "prints a line of JSON for each object below"],
  ],
  options: verifyOptions,
  whenUnread: "ends",
  run: async (context, given) => {
    const { runVerify } = await import("../formats/run_verify.ts");
    await runVerify(context, given);
  },
});
