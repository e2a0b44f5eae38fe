import { BlobServiceClient } from "@azure/storage-blob";
import { openFake } from "./open_fake.ts";
import { RESUME_CASES } from "./resume_cases.ts";
import { WRITE_CASES } from "./write_cases.ts";

const operations = { put: "PutBlob", commit: "PutBlockList", get: "GetBlob" };

async function openBench() {
  const opened = await openFake({ config: { blockSize: 1000 } });
  const { fake: server } = opened;
  const { connectionString } = server;
  const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient("container");
  return { ...opened, server, connectionString, container, operations };
}

for (const [name, run] of Object.entries({ ...WRITE_CASES, ...RESUME_CASES })) {
  Deno.test(name, async () => {
    await using bench = await openBench();
    await run(bench);
  });
}
