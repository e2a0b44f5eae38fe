import { assertEquals } from "@std/assert";
import { createStoreContext } from "@lade/core/backend";
import { serviceTarget, type ServiceTargetSetup } from "./service_target.ts";

/** The limit of reads of a new store, once more are wanted than a few. */
async function readsAt(url: string | undefined, context: ServiceTargetSetup["context"]): Promise<number> {
  const setup = { uri: "x://c", capabilities: {}, context, partSize: 1, url } as ServiceTargetSetup;
  const { read } = serviceTarget(setup).limits;
  for (let i = 0; i < 5; i++) read.tryAcquire();
  await new Promise((resolve) => setTimeout(resolve, 0));
  return read.current;
}

Deno.test("serviceTarget() starts from what another store of the endpoint learned, whatever stands behind its host", async () => {
  const context = createStoreContext();
  context.endpoints?.limitOf("https://h:9000", "read").learn({ limit: 24 });
  assertEquals(await readsAt("https://h:9000/base?a=b", context), 24);
  assertEquals(await readsAt("https://u:p@h:9000", context), 24);
  for (const url of ["http://h:9000", "https://h", undefined]) assertEquals(await readsAt(url, context), 4);
  assertEquals(await readsAt("https://h:9000", createStoreContext()), 4);
});
