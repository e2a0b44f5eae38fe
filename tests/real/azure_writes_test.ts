import { WRITE_CASES } from "../azure/write_cases.ts";
import { AZURITE, openNewContainer } from "./azurite.ts";
import { FaultyAzurite } from "./faulty_azurite.ts";
import { whereInstalled } from "./where_installed.ts";

whereInstalled(AZURITE, (running) => {
  for (const [name, run] of Object.entries(WRITE_CASES)) {
    Deno.test(`Azurite: ${name}`, async () => {
      await using server = await new FaultyAzurite(running()).listen();
      const config = { blockSize: 1000 };
      await using opened = await openNewContainer(running(), { url: server.url, config });
      await run({ ...opened, server });
    });
  }
});
