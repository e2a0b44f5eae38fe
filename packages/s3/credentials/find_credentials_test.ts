import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { UnauthenticatedError } from "@lade/core";
import { resolveConfig } from "../config/s3_config.ts";
import type { S3Options } from "../config/s3_options.ts";
import type { LoadedCredentials } from "./credential_cache.ts";
import { findCredentials } from "./find_credentials.ts";

const FILES: Readonly<Record<string, string>> = {
  "/h/.aws/config": "[profile role]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = default\n",
  "/h/.aws/credentials":
    "[default]\naws_access_key_id = DEF\naws_secret_access_key = d\n[dev]\naws_access_key_id = DEV\n" +
    "aws_secret_access_key = v\naws_session_token = tok\n[role]\naws_access_key_id = X\naws_secret_access_key = x\n",
};

async function found(
  options: S3Options,
  variables: Readonly<Record<string, string>> = {},
): Promise<LoadedCredentials> {
  const env = (name: string) => ({ HOME: "/h", ...variables })[name];
  const read = (path: string) => Promise.resolve(FILES[path]);
  const config = await resolveConfig(options, { env, read });
  return await findCredentials(config, { env, read, uri: "s3://b" }).load(false);
}

const VARIABLES = { AWS_ACCESS_KEY_ID: "ENV", AWS_SECRET_ACCESS_KEY: "e" };

Deno.test("findCredentials() takes options, a profile option, variables and profiles in this order", async () => {
  const credentials = { accessKeyId: "OPT", secretAccessKey: "o" };
  assertEquals((await found({ credentials }, VARIABLES)).source, "the options");
  const dev = await found({ profile: "dev" }, VARIABLES);
  assertEquals(dev, {
    credentials: { accessKeyId: "DEV", secretAccessKey: "v", sessionToken: "tok" },
    source: 'profile "dev"',
  });
  assertEquals((await found({}, VARIABLES)).credentials.accessKeyId, "ENV");
  assertEquals((await found({}, { ...VARIABLES, AWS_PROFILE: "dev" })).credentials.accessKeyId, "ENV");
  assertEquals((await found({}, { AWS_PROFILE: "dev" })).credentials.accessKeyId, "DEV");
  assertEquals((await found({})).credentials.accessKeyId, "DEF");
});

Deno.test("findCredentials() takes the session token along and wants both halves of a key", async () => {
  const set = await found({}, { ...VARIABLES, AWS_SESSION_TOKEN: "tok" });
  assertEquals(set.credentials.sessionToken, "tok");
  assertEquals((await found({}, { AWS_ACCESS_KEY_ID: "half" })).credentials.accessKeyId, "DEF");
});

Deno.test("findCredentials() asks a given function, each time anew", async () => {
  let count = 0;
  const options: S3Options = {
    credentials: () => Promise.resolve({ accessKeyId: `F${++count}`, secretAccessKey: "f" }),
  };
  assertEquals((await found(options)).credentials.accessKeyId, "F1");
  assertEquals((await found(options)).credentials.accessKeyId, "F2");
  const none = { credentials: () => Promise.resolve({ accessKeyId: "", secretAccessKey: "" }) };
  await assertRejects(() => found(none), UnauthenticatedError, "gave none");
});

const CHAIN = new URL("./load_default_chain.ts", import.meta.url).href;

/** What the default chain finds in a process of its own, since the SDK reads the real environment. */
async function chain(env: Record<string, string>, profile?: string): Promise<string> {
  const directory = await Deno.makeTempDir();
  try {
    const script = `${directory}/chain.ts`;
    const options = { uri: "s3://b", profile, region: "us-east-1" };
    await Deno.writeTextFile(
      script,
      `const { loadDefaultChain } = await import(${JSON.stringify(CHAIN)});
      const options = { ...${JSON.stringify(options)}, env: (name) => Deno.env.get(name) || undefined };
      try {
        const { credentials, source } = await loadDefaultChain(options);
        console.log(credentials.accessKeyId, "from", source);
      } catch (error) {
        console.log(error.name, error.message);
      }`,
    );
    const root = new URL("../../../", import.meta.url).pathname;
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--quiet", "--no-prompt", "-A", `--config=${root}deno.json`, script],
      env: {
        HOME: directory,
        AWS_PROFILE: "",
        AWS_ACCESS_KEY_ID: "",
        AWS_SECRET_ACCESS_KEY: "",
        NO_COLOR: "1",
        DENO_DIR: denoDirectory(),
        ...env,
      },
    }).output();
    const decoder = new TextDecoder();
    return decoder.decode(stdout) + decoder.decode(stderr);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** Where Deno keeps modules, which follows from HOME unless it is said. */
function denoDirectory(): string {
  return Deno.env.get("DENO_DIR") ??
    `${Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`}/deno`;
}

Deno.test("loadDefaultChain() asks the instance's metadata last, and waits for it two seconds at most", async () => {
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of silent) connections.push(connection);
  })();
  const endpoint = `http://127.0.0.1:${silent.addr.port}`;
  const text = await chain({ AWS_EC2_METADATA_SERVICE_ENDPOINT: endpoint });
  assertStringIncludes(text, "UnauthenticatedError");
  assertStringIncludes(text, "no credentials; set AWS_ACCESS_KEY_ID");
  const asked = connections.length;
  assert(asked >= 1 && asked <= 2, `${asked} connections`);
  await chain({ AWS_EC2_METADATA_SERVICE_ENDPOINT: endpoint, AWS_EC2_METADATA_DISABLED: "true" });
  assertEquals(connections.length, asked);
  for (const connection of connections) connection.close();
  silent.close();
  await accepting;
});

Deno.test("loadDefaultChain() takes what the container's credential service gives", async () => {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () =>
    Response.json({
      AccessKeyId: "CONTAINER",
      SecretAccessKey: "s",
      Token: "t",
      Expiration: new Date(Date.now() + 3_600_000).toISOString(),
    }));
  try {
    const uri = `http://127.0.0.1:${server.addr.port}/creds`;
    assertStringIncludes(
      await chain({ AWS_CONTAINER_CREDENTIALS_FULL_URI: uri }),
      "CONTAINER from the container's credential service",
    );
  } finally {
    await server.shutdown();
  }
});

Deno.test("loadDefaultChain() takes what a profile's process prints, and tells what a profile lacks", async () => {
  const config = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(
      config,
      '[profile process]\ncredential_process = echo \'{"Version":1,"AccessKeyId":"PROC","SecretAccessKey":"s"}\'\n',
    );
    const env = { AWS_CONFIG_FILE: config, AWS_EC2_METADATA_DISABLED: "true" };
    assertStringIncludes(await chain(env, "process"), "PROC from the profile's credential_process");
    assertStringIncludes(
      await chain(env, "nope"),
      'UnauthenticatedError Cannot open "s3://b": no credentials',
    );
  } finally {
    await Deno.remove(config);
  }
});
