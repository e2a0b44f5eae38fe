import { defineCommand } from "../command/command.ts";
import { hashOptions } from "../transfer/hash_options.ts";

/** `lade hash`. */
export const hash = defineCommand({
  name: "hash",
  brief: "Print or check checksums",
  description:
    "Prints the checksum of each object and its name, as sha256sum does, and of a prefix or directory those of all below it. The bytes are read, unless --stored \
takes what the store has. With -c it checks a list that lade hash, sha256sum, md5sum, rclone hashsum or the like wrote, \
prints OK or FAILED for each name, and exits with 1 unless all are OK.",
  usage: "[URI...]",
  examples: [
    ["lade hash s3://bucket/model.bin", "prints its SHA-256"],
    ["lade hash data/ > SHA256SUMS", "lists a directory; sha256sum -c SHA256SUMS checks it"],
    ["lade hash -c SHA256SUMS s3://bucket/", "checks objects below s3://bucket/ by their names in the list"],
    ["lade hash -t md5 --stored --format rclone gs://bucket/data/", "prints what the service has"],
  ],
  options: hashOptions,
  whenUnread: "ends",
  run: async (context, given) => {
    const { runHash } = await import("../transfer/run_hash.ts");
    await runHash(context, given);
  },
});
