import { fileURLToPath } from "node:url";
import { assertEquals } from "@std/assert";

const PACKAGE = new URL("../../packages/azure/", import.meta.url).href;
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** What a process with these rights alone, and these variables, is given as a token, or the message that says why not. */
async function tokenWith(rights: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const code = `import { resolveAzureConfig } from "${PACKAGE}config/azure_config.ts";
    import { findCredential } from "${PACKAGE}credentials/find_credential.ts";
    import { readTextFile, systemEnvironment as env } from "@lade/service/environment";
    import { systemClock as clock } from "@lade/core/backend";
    const config = resolveAzureConfig({}, env, "acct.blob.core.windows.net");
    // However late an answer comes here, it comes.
    const still = { ...clock, monotonicMs: () => 0, sleep: () => new Promise(() => {}) };
    const web = () => Promise.resolve({ clock: still });
    const found = findCredential(config, { env, read: readTextFile, web, clock, uri: "az://acct" });
    console.log(await Promise.resolve(found.tokens.get()).then(({ token }) => token, ({ message }) => message));`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-check", "--config", CONFIG],
      ...rights,
      `data:text/javascript,${encodeURIComponent(code)}`,
    ],
    env: { AZURE_TOKEN_CREDENTIALS: "prod", ...env },
    stdin: "null",
  }).output();
  return new TextDecoder().decode(stdout).trim() || new TextDecoder().decode(stderr);
}

Deno.test("an identity of Entra ID is found with rights to its variables, its file and its service alone", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => Response.json({ access_token: "T", expires_in: 3600 }),
  );
  const { port } = server.addr;
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, "jwt");
    const application = {
      AZURE_AUTHORITY_HOST: `http://127.0.0.1:${port}`,
      AZURE_TENANT_ID: "t",
      AZURE_CLIENT_ID: "c",
    };
    const secret = { ...application, AZURE_CLIENT_SECRET: "s" };
    const workload = { ...application, AZURE_FEDERATED_TOKEN_FILE: file };
    const managed = { AZURE_POD_IDENTITY_AUTHORITY_HOST: `http://127.0.0.1:${port}` };
    const rights = (env: object) => [`--allow-env=${Object.keys(env)}`, `--allow-net=127.0.0.1:${port}`];
    assertEquals(await tokenWith(rights(secret), secret), "T");
    assertEquals(await tokenWith([...rights(workload), `--allow-read=${file}`], workload), "T");
    assertEquals(await tokenWith(rights(managed), managed), "T");
    const unread = await tokenWith(rights(workload), workload);
    assertEquals(unread.includes("is not there, or may not be read (--allow-read)"), true, unread);
    const closed = await tokenWith([], {});
    for (
      const said of ["Deno may not read the environment", "169.254.169.254 may not be asked (--allow-net)"]
    ) {
      assertEquals(closed.includes(said), true, closed);
    }
  } finally {
    await Deno.remove(file);
  }
});
