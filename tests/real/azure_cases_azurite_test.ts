import { azureCases } from "../fakes/azure_cases/mod.ts";
import { AZURITE, clientOf } from "./azurite.ts";
import { whereInstalled } from "./where_installed.ts";

let count = 0;

whereInstalled(AZURITE, (running) => {
  for (const { name, notAzurite, run } of azureCases) {
    const given = async () => {
      const service = clientOf(running());
      const container = service.getContainerClient(`case-${++count}`);
      await container.create();
      return { service, container };
    };
    Deno.test(
      `Azurite does what the fake of Azure does: ${name}`,
      { ignore: notAzurite !== undefined },
      async () => {
        await run(await given());
      },
    );
  }
});
