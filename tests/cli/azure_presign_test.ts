import { assertEquals, assertStringIncludes } from "@std/assert";
import { startFakeAzure } from "../fakes/azure/mod.ts";
import { AzureHere } from "./azure_here.ts";

/** What a request to a URL comes to. */
async function statusOf(url: string, init?: RequestInit): Promise<number> {
  const response = await fetch(url, init);
  await response.body?.cancel();
  return response.status;
}

/** By a key, and by an identity of Entra ID that the fake itself knows. */
const WAYS: Readonly<Record<string, (fake: AzureHere["fake"]) => Record<string, unknown>>> = {
  "a key": () => ({}),
  "an identity": (fake) => ({
    connectionString: undefined,
    endpoint: fake.endpoint(),
    authorityHost: fake.url,
    tenantId: fake.tokens.tenantId,
    clientId: "client",
    clientSecret: "secret",
  }),
};

for (const [name, configOf] of Object.entries(WAYS)) {
  Deno.test(`lade presign prints URLs of blobs by ${name}, and notes the header that a PUT needs`, async () => {
    const fake = await startFakeAzure({ containers: ["photos"] });
    await using cli = AzureHere.of(fake, { az: configOf(fake) });
    const { host } = cli;
    fake.putBlob("photos", "a b", "hello");
    const get = await cli.run(["presign", `az://${host}/photos/a b`]);
    assertEquals([get.code, get.stderr], [0, ""]);
    assertEquals(await (await fetch(get.stdout.trim())).text(), "hello");
    const put = await cli.run(["presign", "--method", "put", "--json", `az://${host}/photos/new`]);
    const { headers, method, url } = JSON.parse(put.stdout);
    assertEquals([method, headers], ["PUT", { "x-ms-blob-type": "BlockBlob" }]);
    assertEquals(await statusOf(url, { method: "PUT", body: "new", headers }), 201);
    assertEquals(cli.texts()["new"], "new");
    const noted = await cli.run(["presign", "--method", "PUT", `az://${host}/photos/new`]);
    assertStringIncludes(
      noted.stderr.replace(/\s+/g, " "),
      'as curl sends them by -H "x-ms-blob-type: BlockBlob"',
    );
    assertEquals(noted.stdout.split("\n").length, 2);
    const remove = await cli.run(["presign", "--method", "DELETE", `az://${host}/photos/new`]);
    assertEquals(await statusOf(remove.stdout.trim(), { method: "DELETE" }), 202);
    assertEquals(Object.keys(cli.texts()), ["a b"]);
  });
}

Deno.test("lade presign signs nothing by a shared access signature, and does not show it", async () => {
  await using cli = await AzureHere.start({ az: { connectionString: undefined } });
  const { fake } = cli;
  const sas = fake.accountSas();
  const outcome = await cli.run(["presign", `${fake.endpoint()}/photos/k?${sas}`]);
  assertEquals([outcome.code, outcome.stdout], [1, ""]);
  assertStringIncludes(outcome.stderr.replace(/\s+/g, " "), "a shared access signature signs no URLs");
  assertEquals(outcome.stderr.includes(new URLSearchParams(sas).get("sig") ?? ""), false);
});
