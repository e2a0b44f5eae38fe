import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";
import { type FakeS3, startFakeS3 } from "../fakes/s3/mod.ts";

const ROOT = new URL("../../", import.meta.url);

const SCRIPT = `
  import { openS3Store } from "@lade/s3";
  const [endpoint, accessKeyId, secretAccessKey] = Deno.args;
  await using store = await openS3Store("bucket", {
    config: { endpoint, credentials: { accessKeyId, secretAccessKey }, multipart: { partSize: 1000 } },
  });
  const calls = {
    put: () => store.put("small", new Uint8Array(10)),
    list: () => Array.fromAsync(store.list()),
    get: async () => await (await store.get("small")).readInto(new Uint8Array(10)),
    upload: () => store.put("large", new Uint8Array(5000)),
    copy: () => store.copy("small", "copy"),
    deleteMany: () => Array.fromAsync(store.deleteMany(["small", "large"])),
  };
  for (const [name, call] of Object.entries(calls)) {
    console.log(name, await call().then(() => "ok", (error) => error.name));
  }
`;

/** What each call comes to in a process with these permissions and no others. */
async function outcomes(fake: FakeS3, permissions: readonly string[]): Promise<Record<string, string>> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(file, SCRIPT);
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...[
          "run",
          "--quiet",
          "--no-prompt",
          "--no-check",
          `--config=${fileURLToPath(ROOT)}deno.json`,
          ...permissions,
          file,
        ],
        ...[fake.url, fake.accessKeyId, fake.secretAccessKey],
      ],
      env: { NO_COLOR: "1" },
    }).output();
    const text = new TextDecoder().decode(stdout);
    if (text === "") throw new Error(new TextDecoder().decode(stderr));
    return Object.fromEntries(text.trim().split("\n").map((line) => line.split(" ")));
  } finally {
    await Deno.remove(file);
  }
}

const ALL_WELL = { put: "ok", list: "ok", get: "ok", upload: "ok", copy: "ok", deleteMany: "ok" };
const NET = "--allow-net=127.0.0.1";

Deno.test("a store needs the host alone, and the environment where the SDK makes a call", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"], minPartSize: 1 });
  assertEquals(await outcomes(fake, [NET, "--allow-env"]), ALL_WELL);
  assertEquals(await outcomes(fake, [NET]), {
    ...ALL_WELL,
    upload: "PermissionDeniedError",
    copy: "PermissionDeniedError",
    deleteMany: "ok",
  });
});
