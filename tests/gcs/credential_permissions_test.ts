import { fileURLToPath } from "node:url";
import { generateKeyPairSync } from "node:crypto";
import { assert, assertEquals, assertMatch } from "@std/assert";

const PACKAGE = new URL("../../packages/gcs/", import.meta.url).href;
const CONFIG = fileURLToPath(new URL("../../deno.json", import.meta.url));

/** What a process with these rights alone, and these variables, is given as a token, or the message that says why not. */
async function tokenWith(rights: readonly string[], env: Readonly<Record<string, string>>): Promise<string> {
  const code = `import { resolveGcsConfig } from "${PACKAGE}config/gcs_config.ts";
    import { findCredential } from "${PACKAGE}credentials/find_credential.ts";
    import { readTextFile, systemEnvironment as env } from "@lade/service/environment";
    import { systemClock as clock } from "@lade/core/backend";
    // However late an answer comes here, it comes.
    const still = { ...clock, monotonicMs: () => 0, sleep: () => new Promise(() => {}) };
    const web = () => Promise.resolve({ clock: still });
    const found = findCredential(resolveGcsConfig({}, env), { env, read: readTextFile, web, clock, uri: "gs://b" });
    console.log(await Promise.resolve(found.tokens.get()).then(({ token }) => token, ({ message }) => message));
    await new Promise((resolve) => setTimeout(resolve));
    console.log("goes on");`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-check", "--config", CONFIG],
      ...rights,
      `data:text/javascript,${encodeURIComponent(code)}`,
    ],
    env: { NO_GCE_CHECK: "", GOOGLE_APPLICATION_CREDENTIALS: "", ...env },
    stdin: "null",
  }).output();
  const [told = "", last] = new TextDecoder().decode(stdout).trim().split("\n");
  assertEquals(last, "goes on", new TextDecoder().decode(stderr));
  return told;
}

Deno.test("credentials of Google's are found with rights to their variables, files and services alone", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, ({ url }) => {
    const headers = { "metadata-flavor": "Google" };
    if (url.endsWith("/email")) return new Response("sa@p.iam.gserviceaccount.com", { headers });
    return Response.json({ access_token: "T", expires_in: 3600 }, { headers });
  });
  const { port } = server.addr;
  const url = `http://127.0.0.1:${port}`;
  const [file, jwt] = [await Deno.makeTempFile(), await Deno.makeTempFile()];
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = {
    type: "service_account",
    client_email: "sa@p.iam.gserviceaccount.com",
    private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
    token_uri: `${url}/token`,
  };
  const login = {
    type: "authorized_user",
    client_id: "c",
    client_secret: "s",
    refresh_token: "r",
    token_uri: url,
  };
  const pool = (credential_source: object) => ({
    type: "external_account",
    audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/x",
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: url,
    credential_source,
  });
  const aws = {
    environment_id: "aws1",
    regional_cred_verification_url: "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity",
  };
  const named = { GOOGLE_APPLICATION_CREDENTIALS: file };
  const rights = (env: object) => [`--allow-env=${Object.keys(env)}`, `--allow-net=127.0.0.1:${port}`];
  const withFile = async (fields: object, more: readonly string[] = [], env: Record<string, string> = {}) => {
    await Deno.writeTextFile(file, JSON.stringify(fields));
    return await tokenWith([...rights({ ...named, ...env }), `--allow-read=${file}`, ...more], {
      ...named,
      ...env,
    });
  };
  try {
    await Deno.writeTextFile(jwt, "jwt");
    assertEquals(await withFile(key), "T");
    assertEquals(await withFile(login), "T");
    assertEquals(await withFile(pool({ file: jwt }), [`--allow-read=${jwt}`]), "T");
    assertEquals(await withFile(pool({ url: `${url}/oidc` })), "T");
    const allowed = { GOOGLE_EXTERNAL_ACCOUNT_ALLOW_EXECUTABLES: "1" };
    const program = pool({ executable: { command: `echo '{"success":true,"id_token":"jwt"}'` } });
    assertEquals(await withFile(program, ["--allow-run=/bin/sh"], allowed), "T");
    assert((await withFile(program, [], allowed)).includes("may not be run (--allow-run=/bin/sh)"));
    const keys = { AWS_REGION: "eu-west-1", AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "s" };
    const read = { GOOGLE_SDK_NODE_LOGGING: "", AWS_DEFAULT_REGION: "", AWS_SESSION_TOKEN: "" };
    assertEquals(await withFile(pool(aws), [], { ...read, ...keys }), "T");
    const closed = await withFile(pool(aws), [], keys);
    assert(closed.includes("gives no request of AWS's: Requires env access"), closed);
    const metadata = { GCE_METADATA_HOST: `127.0.0.1:${port}` };
    assertEquals(await tokenWith(rights(metadata), metadata), "T");
    const unread = await tokenWith(rights(named), named);
    assert(unread.includes("is not there, or may not be read (--allow-read)"), unread);
    const nothing = await tokenWith([], {});
    for (
      const said of ["Deno may not read the environment", "169.254.169.254 may not be asked (--allow-net)"]
    ) {
      assert(nothing.includes(said), nothing);
    }
  } finally {
    for (const path of [file, jwt]) await Deno.remove(path);
  }
});

/** Tells what becomes of making a bucket in a process that may read these variables. */
async function makeWith(right: string): Promise<string> {
  const code = `import { gcsProvider } from "${PACKAGE}mod.ts";
    const config = { endpoint: "http://127.0.0.1:1", accessToken: "t", project: "p", maxAttempts: 1 };
    await gcsProvider().createContainer("photos", { config }).catch(({ name, message }) => console.log(name, message));`;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-prompt", "--no-check", "--config", CONFIG, "--allow-net=127.0.0.1", right],
      `data:text/javascript,${encodeURIComponent(code)}`,
    ],
    stdin: "null",
  }).output();
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

Deno.test("calls on buckets need the whole environment, and say so whatever the SDK may not read", async () => {
  assertMatch(await makeWith("--allow-env"), /^UnavailableError /);
  const loaded = "GOOGLE_SDK_NODE_LOGGING,TEENY_REQUEST_WARN_CONCURRENT_REQUESTS,DEBUG,READABLE_STREAM";
  for (const names of ["NO_COLOR", loaded, `${loaded},STORAGE_EMULATOR_HOST`]) {
    assertMatch(
      await makeWith(`--allow-env=${names}`),
      /^PermissionDeniedError Cannot create "gs:\/\/photos": Google's SDK cannot be loaded: .*; allow it with --allow-env$/m,
    );
  }
});
