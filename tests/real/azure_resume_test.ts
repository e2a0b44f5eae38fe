import { RESUME_CASES } from "../azure/resume_cases.ts";
import { AZURITE, openNewContainer } from "./azurite.ts";
import { whereInstalled } from "./where_installed.ts";

whereInstalled(AZURITE, (running) => {
  for (const [name, run] of Object.entries(RESUME_CASES)) {
    Deno.test(`Azurite: ${name}`, async () => {
      const { url, account, key } = running();
      const connectionString = `AccountName=${account};AccountKey=${key};BlobEndpoint=${url}/${account}`;
      await using opened = await openNewContainer(running(), { config: { blockSize: 1000 } });
      await run({ ...opened, connectionString });
    });
  }
});
