import { assert, assertEquals, assertFalse } from "@std/assert";
import { type FakeAzure, startFakeAzure } from "../fakes/azure/mod.ts";
import { AzureHere } from "./azure_here.ts";
import { runLade } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const SECRET = "Hunter2Zz9";

/** What each kind of credentials gives to `az://`. */
const CREDENTIALS: Readonly<Record<string, (fake: FakeAzure, sas: string) => Record<string, unknown>>> = {
  "an account key": (fake) => ({ accountKey: fake.account.keys[0] }),
  "a connection string": (fake) => ({ connectionString: fake.connectionString, endpoint: undefined }),
  "a connection string with a signature": (fake, sas) => ({
    connectionString:
      `BlobEndpoint=${fake.endpoint()};AccountName=${fake.account.name};SharedAccessSignature=${sas}`,
    endpoint: undefined,
  }),
  "a signature": (_, sasToken) => ({ sasToken }),
  "an application of Entra ID": (fake) => ({
    tenantId: fake.tokens.tenantId,
    clientId: "client",
    clientSecret: "secret-of-the-client",
    authorityHost: fake.url,
  }),
};

/** Command lines, some of which fail; `URL` is that of the container, with the signature. */
const LINES = [
  ...[
    "ls az://",
    "ls -r az://photos",
    "ls --versions az://photos/key",
    "stat az://photos/key",
    "du az://photos",
  ],
  ...["cat az://photos/key", "cat az://photos/away", "cat az://away/key", "get az://photos/key OUT"],
  ...[
    "put FILE az://photos/new",
    "put -r DIR az://photos/dir/",
    "put LARGE az://photos/large",
    "put - az://photos/-",
  ],
  ...[
    "cp az://photos/key az://photos/copy",
    "cp -r az://photos/dir/ az://other/",
    "cp az://photos/archived az://other/",
  ],
  ...[
    "mv az://photos/copy az://other/moved",
    "mv az://other/moved OUT2",
    "rm az://photos/new",
    "rm -r az://photos/dir/",
  ],
  ...[
    "mb az://made",
    "rb az://made",
    "rb az://other",
    "rb -f az://other",
    "doctor az://photos",
  ],
  ...["ls URL", "cat URL/key", "cat URL/away", "cp URL/key URL/copy", "mv URL/copy OUT3"],
];

/** How they are run: plainly, with all that is told, as JSON, and with progress on a terminal. */
const WAYS = [
  { flags: [] },
  { flags: ["-vv"] },
  { flags: ["--json", "-v"] },
  { flags: ["--progress=plain", "-vv"], tty: true },
] as const;

for (const [name, give] of Object.entries(CREDENTIALS)) {
  for (const broken of [false, true]) {
    Deno.test(`no command shows a secret of ${name}${broken ? ", where connections break" : ""}`, async () => {
      const fake = await startFakeAzure({ containers: ["photos"], containerDeletionMs: 0 });
      const clientSecret = "secret-of-the-client";
      fake.addPrincipal({ clientId: "client-2", clientSecret });
      const sas = fake.accountSas();
      const given = { ...give(fake, sas), ...("clientId" in give(fake, sas) && { clientId: "client-2" }) };
      const az = {
        connectionString: undefined,
        endpoint: fake.endpoint(),
        threshold: 1000,
        blockSize: 1000,
        ...broken && { maxAttempts: 1, patienceMs: 1 },
        ...given,
      };
      await using here = AzureHere.of(fake, { az });
      if (broken) {
        for (const how of ["rst", "fin"] as const) {
          const match = { nth: how === "rst" ? 2 : 3 };
          fake.faults.add({ match, action: { kind: "cut", afterBytes: 0, how } });
        }
      }
      const files = { FILE: "small", LARGE: "l".repeat(5000), "DIR/a": "1", "DIR/b/c": "2" };
      await using directory = await TemporaryDirectory.make(files);
      let done = 0;
      for (const { flags, ...terminal } of WAYS) {
        fake.putBlob("photos", "key", "content");
        fake.putBlob("photos", "archived", "content", { tier: "Archive" });
        if (!fake.account.containers.has("other")) fake.createContainer("other");
        for (const line of LINES) {
          const args = line.split(" ").map((word) =>
            /^(?:FILE|LARGE|DIR|OUT)/.test(word)
              ? `${directory.path}/${word}`
              : word.replace(/^URL(.*)/, `${fake.endpoint()}/photos$1?${sas}`)
          );
          const { code, stdout, stderr } = await here.run([...flags, ...args], {
            stdin: ["in"],
            ...terminal,
          });
          if (code === 0) done++;
          const sig = new URLSearchParams(sas).get("sig") ?? "";
          const secrets = [...fake.account.keys, sig, clientSecret, ...fake.tokens.issued.keys()];
          for (const secret of secrets.flatMap((each) => [each, encodeURIComponent(each)])) {
            assertFalse(
              (stdout + stderr).includes(secret),
              `lade ${[...flags, ...args].join(" ")}: ${stdout}${stderr}`,
            );
          }
        }
      }
      // Nothing is shown where nothing is done, either.
      assert(done > LINES.length, `${done}`);
    });
  }
}

Deno.test("no command repeats a secret of the variables of az://, whatever is wrong with them", async () => {
  await using fake = await startFakeAzure({ containers: ["photos"] });
  await using directory = await TemporaryDirectory.make();
  const url = fake.endpoint();
  const account = { AZURE_STORAGE_ACCOUNT: fake.account.name, AZURE_STORAGE_BLOB_ENDPOINT: url };
  const worlds: readonly Record<string, string>[] = [
    { ...account, AZURE_STORAGE_KEY: SECRET },
    { ...account, AZURE_STORAGE_KEY: btoa(SECRET) },
    { ...account, AZURE_STORAGE_KEY: `${btoa(SECRET)}\n` },
    { ...account, AZURE_STORAGE_SAS_TOKEN: SECRET },
    { ...account, AZURE_STORAGE_SAS_TOKEN: `?sv=2024-08-04&sr=c&sp=rl&se=2999-01-01&sig=${SECRET}` },
    { ...account, AZURE_STORAGE_SAS_TOKEN: `sv=2024-08-04&sig=${SECRET}\u00e9` },
    { AZURE_STORAGE_CONNECTION_STRING: SECRET },
    { AZURE_STORAGE_CONNECTION_STRING: `AccountName=a;AccountKey=${SECRET}` },
    {
      AZURE_STORAGE_CONNECTION_STRING: `AccountName=acc;AccountKey=${
        btoa(SECRET)
      };BlobEndpoint=${url};Nope=${SECRET}`,
    },
    { AZURE_STORAGE_CONNECTION_STRING: `BlobEndpoint=${url};SharedAccessSignature=sv=1&sig=${SECRET}` },
    { AZURE_STORAGE_CONNECTION_STRING: `BlobEndpoint=https://user:${SECRET}@host.invalid;AccountName=acc` },
    { ...account, AZURE_STORAGE_ENDPOINT: `${url}?sv=2024-08-04&sig=${SECRET}` },
    {
      ...account,
      AZURE_TENANT_ID: fake.tokens.tenantId,
      AZURE_CLIENT_ID: "client",
      AZURE_CLIENT_SECRET: SECRET,
      AZURE_AUTHORITY_HOST: fake.url,
    },
    { ...account, AZURE_TENANT_ID: SECRET, AZURE_CLIENT_ID: "client", AZURE_CLIENT_SECRET: `${SECRET} x` },
  ];
  const options = {
    cwd: directory.path,
    permissions: [`--allow-net=127.0.0.1:${fake.port}`, "--allow-env", "--allow-sys=osRelease"],
  };
  await Promise.all(worlds.map(async (env) => {
    for (const command of ["ls", "doctor"]) {
      const { code, stdout, stderr } = await runLade([command, "-vv", "az://photos"], { ...options, env });
      for (const secret of [SECRET, btoa(SECRET)]) {
        assertFalse((stdout + stderr).includes(secret), `${JSON.stringify(env)}: ${stdout}${stderr}`);
      }
      assertEquals(code === 0, false, `${command} with ${JSON.stringify(env)}`);
    }
  }));
});
