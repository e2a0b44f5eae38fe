import { isSecretName } from "@lade/core/text";
import { AZURE_SETTINGS } from "@lade/azure/settings";
import { S3_SETTINGS } from "@lade/s3/settings";
import { assert, assertEquals, assertFalse } from "@std/assert";
import { COMMAND_NAMES } from "../../packages/cli/program/commands.ts";
import { CliHere } from "./run_here.ts";
import { ladeArguments } from "./run_lade.ts";
import { S3Cli } from "./s3_cli.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const SECRET = "Hunter2Zz9";

/** Arguments that hold a secret, as users paste them; none of them leads to another machine. */
const ARGUMENTS = [
  `https://user:${SECRET}@host.invalid/bucket/key`,
  `https://${SECRET}@host.invalid/bucket/key`,
  `https://bucket.s3.amazonaws.com/k?X-Amz-Credential=AK&X-Amz-Signature=${SECRET}&X-Amz-Expires=9`,
  `https://account.blob.core.windows.net/C/k?sv=2024&sig=${SECRET}`,
  `s3://AKIA:${SECRET}@bucket/key`,
  `memory://m/k?X-Amz-Signature=${SECRET}`,
  `memory://m/k?X-Amz-Security-Token=${SECRET}/`,
  `--config=s3.sseCustomerKey=${SECRET}`,
  `--config=sseCustomerKey=${SECRET}`,
  `--config=memory.secretAccessKey=${SECRET}`,
  `--config=s3.credentials={"accessKeyId":"AK","secretAccessKey":"${SECRET}"}`,
  `--sseCustomerKey=${SECRET}`,
  `--secret-access-key=${SECRET} and more`,
  `--metadata=https://user:${SECRET}@host`,
  `--endpoint-url=http://user:${SECRET}@`,
  `az://account.blob.core.windows.net/C/k?sv=2024-08-04&sr=b&sig=${SECRET}`,
  `az://acc/C/k?sv=2024-08-04&sig=${SECRET}%3D`,
  `az://account.blob.core.windows.net?sv=2024-08-04&sig=${SECRET}`,
  `abfss://C@account.dfs.core.windows.net/k?sv=2024-08-04&sig=${SECRET}`,
  `wasbs://c@account.blob.core.windows.net/k?sig=${SECRET}`,
  `https://account.blob.core.windows.net/?comp=list&sig=${SECRET}&sv=2024-08-04`,
  `https://account.blob.core.chinacloudapi.cn/C/k?SV=2024-08-04&SIG=${SECRET}`,
  `https://host.invalid/c/k?sv=2024-08-04&sig=${SECRET}`,
  `--config=az.accountKey=${SECRET}`,
  `--config=az.sasToken=sv=2024-08-04&sig=${SECRET} x`,
  `--config=az.sasToken=${SECRET}`,
  `--config=az.clientSecret=${SECRET} x`,
  `--config=az.connectionString=AccountName=account;AccountKey=${SECRET}`,
  `--config=az.connectionString=${SECRET}`,
  `--config=az.connectionString=AccountName=a;SharedAccessSignature=sig=${SECRET};x`,
  `--config=az.endpoint=https://account.blob.core.windows.net/?sv=2024-08-04&sig=${SECRET}`,
  `--config=az.account=AccountKey=${SECRET}`,
  `--config=az://other/=accountKey=${SECRET}`,
  `--config=azure.accountKey=${SECRET}`,
  `--account-key=${SECRET}`,
  `--sas-token=sv=2024-08-04&sig=${SECRET}`,
  `--connection-string=AccountName=account;AccountKey=${SECRET}`,
  `--blob-endpoint=https://user:${SECRET}@host.invalid`,
];

Deno.test("no command repeats a secret that came in an argument, at any place, in any form", async () => {
  await using cli = new CliHere();
  await using directory = await TemporaryDirectory.make();
  await cli.lade.put("memory://m/there", "1");
  // What is pasted at the wrong place is taken for the name of a file.
  const local = [
    `AWS_SECRET_ACCESS_KEY=${SECRET}`,
    `?sv=2024-08-04&sp=r&sig=${SECRET}`,
    `AccountName=account;AccountKey=${SECRET};EndpointSuffix=core.windows.net`,
    `SharedAccessSignature=sv=2024-08-04&sig=${SECRET}`,
  ].map((name) => `${directory.path}/${name}`);
  for (const name of COMMAND_NAMES) {
    for (const argument of [...ARGUMENTS, ...local]) {
      const lines = name === "get"
        // Without a place to go to it would take the working directory.
        ? [[argument, directory.path], ["memory://m/there", argument, directory.path]]
        : name === "bench" // which takes its time
        ? [[argument], ["memory://m/there", argument]]
        : [[argument], ["memory://m/there", argument], [argument, "memory://m/copy"], ["-r", argument]];
      for (const line of lines) {
        for (const flags of [["-vv"], ["--json", "-v"]]) {
          const brief = name === "bench" ? ["--time=1s", "--size=1KiB", "--concurrency=1"] : [];
          const args = [name, ...brief, ...flags, ...line];
          const { code, stdout, stderr } = await cli.run(args, { stdin: ["1"] });
          // What succeeds has named an object, whose name is what it is.
          const told = code === 0 ? stderr : stdout + stderr;
          assertFalse(told.includes(SECRET), `lade ${args.join(" ")}: ${told}`);
        }
      }
    }
  }
  for (const argument of ARGUMENTS) {
    for (
      const args of [[argument], [argument, "stat", "memory://m/away"], ["help", argument], ["man", argument]]
    ) {
      const { stdout, stderr } = await cli.run(args);
      assertFalse((stdout + stderr).includes(SECRET), args.join(" "));
    }
  }
});

Deno.test("no command repeats a secret of an endpoint, a proxy or a setting of s3", async () => {
  await using cli = await S3Cli.start();
  const { fake } = cli;
  const permissions = ["--allow-net=127.0.0.1", "--allow-env", "--allow-sys", "--allow-read"];
  const host = fake.url.replace("http://", "");
  const worlds: readonly { readonly args?: readonly string[]; readonly env?: Record<string, string> }[] = [
    { env: { AWS_ENDPOINT_URL: `http://user:${SECRET}@${host}` } },
    { env: { AWS_ENDPOINT_URL: `http://user:${SECRET}@127.0.0.1:1` } },
    { env: { AWS_ENDPOINT_URL: `user:${SECRET}@${host}` } },
    { args: ["--endpoint-url", `http://user:${SECRET}@127.0.0.1:1/p?token=${SECRET}`] },
    { env: { HTTP_PROXY: `http://user:${SECRET}@127.0.0.1:1` } },
    { env: { ALL_PROXY: `socks9://user:${SECRET}@127.0.0.1:1` } },
    { args: ["--config", `s3.sseCustomerKey=${SECRET}`] },
    { args: ["--config", `s3.secretAccessKey=${SECRET}`] },
    { args: ["--config", `s3.credentials=${SECRET}`] },
    { args: ["--ca-bundle", `https://user:${SECRET}@host/ca.pem`] },
    { env: { AWS_SECRET_ACCESS_KEY: SECRET } },
    { env: { AWS_SECRET_ACCESS_KEY: `${SECRET}\n` } },
    { env: { AWS_SESSION_TOKEN: `${SECRET}\u0001` } },
  ];
  await Promise.all(worlds.map(async ({ args = [], env = {} }) => {
    for (const command of [["ls", "s3://bucket"], ["doctor", "s3://bucket"]]) {
      const { code, stdout, stderr } = await cli.run([...command, ...args, "-vv"], { env, permissions });
      assertFalse((stdout + stderr).includes(SECRET), `${JSON.stringify({ args, env })}: ${stdout}${stderr}`);
      assert(
        code !== 0 || stdout !== "" || /^(lade: s3:\/\/bucket has [^\n]*\n)?$/.test(stderr),
        `${command} with ${JSON.stringify({ args, env })}`,
      );
    }
  }));
});

Deno.test("what the table of settings calls secret is cut out of messages by its name, wherever it is set", () => {
  for (const { name, secret, type, environment = [], profile = [] } of [...S3_SETTINGS, ...AZURE_SETTINGS]) {
    // Messages name a pair of keys by its id; an object is never written.
    if (!secret || name === "credentials.accessKeyId" || type.example === "") continue;
    const places = [...environment, ...profile].map((place) =>
      typeof place === "string" ? place : place.name
    );
    for (const each of [`az.${name}`, ...places]) assert(isSecretName(each), each);
  }
});

Deno.test("a variable that is not UTF-8 is named, and its value is not", async () => {
  await using cli = await S3Cli.start();
  for (const name of ["AWS_SECRET_ACCESS_KEY", "AWS_REGION", "HTTP_PROXY"]) {
    const { env = {}, ...options } = cli.options();
    const permissions = ["--allow-net=127.0.0.1", "--allow-env", "--allow-sys=osRelease"];
    const words = [Deno.execPath(), ...ladeArguments(["ls", "s3://bucket"], { ...options, permissions })];
    const { code, stderr } = await new Deno.Command("bash", {
      args: ["-c", `export ${name}=$'${SECRET}\\xff'; ${words.map((word) => `'${word}'`).join(" ")}`],
      cwd: options.cwd,
      env: { NO_COLOR: "1", ...env },
    }).output();
    assertEquals([code, new TextDecoder().decode(stderr)], [
      1,
      `lade: Cannot read the variable ${name} of the environment: its value is not UTF-8\n`,
    ]);
  }
});
