import { hasVersitygw, startVersitygw } from "../../../tools/servers/start_versitygw.ts";
import { killRanks, SEED } from "../../checkpoint/kill_ranks.ts";
import { configOf, openNewBucket } from "../s3_server.ts";
import { whereInstalled } from "../where_installed.ts";

whereInstalled({ name: "versitygw", has: hasVersitygw, start: startVersitygw }, (server) => {
  Deno.test(`ranks that are killed at any call of a save leave whole checkpoints on versitygw (seed ${SEED})`, async () => {
    await using opened = await openNewBucket(server());
    await killRanks({
      uri: `s3://${opened.bucket}/c/`,
      config: { s3: { ...configOf(server()) } },
      rounds: 5,
    });
  });
});
