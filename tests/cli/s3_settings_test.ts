import { assert, assertEquals, assertFalse, assertMatch, assertStringIncludes } from "@std/assert";
import type { RunLadeOptions } from "./run_lade.ts";
import { S3Cli } from "./s3_cli.ts";

/** Where Deno keeps modules, which follows from HOME unless it is said. */
const DENO_DIR = Deno.env.get("DENO_DIR") ??
  `${Deno.env.get("XDG_CACHE_HOME") ?? `${Deno.env.get("HOME")}/.cache`}/deno`;

/** A user at home in the working directory, without any AWS variable that is not given. */
function user(cli: S3Cli, env: Readonly<Record<string, string>> = {}): Partial<RunLadeOptions> {
  const nothing = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "", AWS_ENDPOINT_URL: "", AWS_REGION: "" };
  return {
    env: { HOME: cli.directory.path, DENO_DIR, AWS_EC2_METADATA_DISABLED: "true", ...nothing, ...env },
    permissions: [`--allow-net=127.0.0.1:${cli.fake.port}`, "--allow-env", "--allow-sys", "--allow-run"],
  };
}

function profile(cli: S3Cli): string {
  const { accessKeyId, secretAccessKey, url } = cli.fake;
  return `aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\nregion = us-east-1\nendpoint_url = ${url}\n`;
}

Deno.test("lade takes keys, region and endpoint from one reading of a file that a tilde names", async () => {
  await using cli = await S3Cli.start();
  cli.fake.putObject("bucket", "a", "hello");
  await cli.directory.write("elsewhere", `[default]\n${profile(cli)}`);
  const { stdout, stderr } = await cli.run(
    ["cat", "s3://bucket/a"],
    user(cli, { AWS_CONFIG_FILE: "~/elsewhere" }),
  );
  assertEquals([stdout, stderr], ["hello", ""]);
});

Deno.test("lade takes the profile of AWS_DEFAULT_PROFILE, and refuses one that is not there", async () => {
  await using cli = await S3Cli.start();
  cli.fake.putObject("bucket", "a", "hello");
  const wrong = "[default]\naws_access_key_id = WRONG\naws_secret_access_key = s\n";
  await cli.directory.write(".aws/credentials", `${wrong}[x]\n${profile(cli)}`);
  const right = await cli.run(["cat", "s3://bucket/a"], user(cli, { AWS_DEFAULT_PROFILE: "x" }));
  assertEquals([right.stdout, right.stderr], ["hello", ""]);
  const missing = await cli.run(["ls", "s3://bucket"], user(cli, { AWS_PROFILE: "y" }));
  assertEquals(missing.code, 1);
  assertMatch(
    missing.stderr,
    /there is no profile "y" \(AWS_PROFILE\) in ~\/\.aws\/config \(not there\) and ~\/\.aws\/credentials, which have "default", "x"/,
  );
});

Deno.test("lade asks the endpoints that a profile chooses", async () => {
  await using cli = await S3Cli.start();
  const cases: [setting: string, host: RegExp][] = [
    ["use_fips_endpoint = true", /bucket-0\.s3-fips\.us-east-1\.amazonaws\.com/],
    ["use_dualstack_endpoint = true", /bucket-0\.s3\.dualstack\.us-east-1\.amazonaws\.com/],
    ["s3 =\n  use_accelerate_endpoint = true", /bucket-0\.s3-accelerate\.amazonaws\.com/],
  ];
  for (const [setting, host] of cases) {
    await cli.directory.write(".aws/config", `[default]\nregion = us-east-1\n${setting}\n`);
    const keys = { AWS_ACCESS_KEY_ID: "A", AWS_SECRET_ACCESS_KEY: "s" };
    // Nothing but this machine may be asked.
    assertMatch((await cli.run(["ls", "s3://bucket-0"], user(cli, keys))).stderr, host);
  }
  await cli.directory.write(".aws/config", "[default]\nuse_fips_endpoint = yes\n");
  const odd = await cli.run(["ls", "s3://bucket-0"], user(cli));
  assertStringIncludes(
    odd.stderr,
    'use_fips_endpoint (profile "default" of ~/.aws/config) has to be true or false, not "yes"',
  );
});

Deno.test("lade --json prints nothing but JSON where a profile is asked for beside keys", async () => {
  await using cli = await S3Cli.start();
  const { accessKeyId, secretAccessKey, url } = cli.fake;
  const keys = JSON.stringify({ Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey });
  await cli.directory.write(
    ".aws/config",
    `[profile dev]\nregion = us-east-1\nendpoint_url = ${url}\ncredential_process = echo '${keys}'\n`,
  );
  const beside = { AWS_ACCESS_KEY_ID: "OTHER", AWS_SECRET_ACCESS_KEY: "s" };
  const { code, stderr } = await cli.run(
    ["ls", "--json", "--profile", "dev", "s3://bucket"],
    user(cli, beside),
  );
  assertEquals([code, stderr], [0, ""]);
});

Deno.test("lade tells a source of credentials that fails, in every command", async () => {
  await using cli = await S3Cli.start();
  await cli.directory.write(
    ".aws/config",
    '[default]\nregion = us-east-1\ncredential_process = sh -c "echo token broker is down >&2; exit 3"\n' +
      "[profile r]\nregion = us-east-1\nrole_arn = arn:aws:iam::1:role/x\nsource_profile = nope\n",
  );
  const said =
    /credential_process .* of profile "default" of ~\/\.aws\/config failed with exit code 3: token broker is down/;
  for (const command of [["ls"], ["cat"], ["rm"], ["presign"], ["doctor"]]) {
    const uri = command[0] === "ls" || command[0] === "doctor" ? "s3://bucket" : "s3://bucket/k";
    const { code, stdout, stderr } = await cli.run([...command, uri], user(cli));
    assertEquals(code, 1, command[0]);
    assertMatch((stdout + stderr).replace(/\s+/g, " "), said);
  }
  const role = await cli.run(["ls", "--profile", "r", "s3://bucket"], user(cli));
  assertStringIncludes(role.stderr, 'source_profile of profile "r": there is no profile "nope"');
  assertEquals(cli.fake.requests.length, 0);
});

Deno.test("lade takes keys and region with a line break at their end", async () => {
  await using cli = await S3Cli.start();
  cli.fake.putObject("bucket", "a", "hello");
  const { accessKeyId, secretAccessKey, url } = cli.fake;
  const env = {
    AWS_ACCESS_KEY_ID: `${accessKeyId}\n`,
    AWS_SECRET_ACCESS_KEY: `${secretAccessKey}\r\n`,
    AWS_REGION: "us-east-1\n",
    AWS_ENDPOINT_URL: ` ${url}\n`,
  };
  const { stdout, stderr } = await cli.run(["cat", "s3://bucket/a"], user(cli, env));
  assertEquals([stdout, stderr], ["hello", ""]);
});

Deno.test("lade --config sets tags, sizes and secrets, each in every form", async () => {
  const key = btoa(String.fromCharCode(...Array.from({ length: 32 }, (_, at) => at)));
  await using cli = await S3Cli.start({ f: "x", big: new Uint8Array(6 * 2 ** 20), key: `${key}\n` });
  for (const form of ['s3.tags={"a":"b"}', "s3.tags=a=b", "s3.tags.a=b"]) {
    const { code, stderr } = await cli.run(["put", "--config", form, "f", "s3://bucket/f"]);
    assertEquals([code, stderr], [0, ""], form);
    assertEquals(cli.fake.requests.at(-1)?.headers["x-amz-tagging"], "a=b");
  }
  const forms = [
    's3.multipart={"partSize":5242880}',
    "s3.multipart.partSize=5MiB",
    "s3.multipart=partSize=5242880",
  ];
  for (const form of forms) {
    const { operations, stderr } = await cli.watch(["put", "-q", "--config", form, "big", "s3://bucket/big"]);
    assertEquals([operations.filter((each) => each === "UploadPart").length, stderr], [2, ""], form);
  }
  const secret = await cli.run(["put", "--config", "s3.sseCustomerKey=@key", "f", "s3://bucket/f"]);
  assertEquals(secret.code, 0, secret.stderr);
  assertEquals(cli.fake.requests.at(-1)?.headers["x-amz-server-side-encryption-customer-key"], key);
});

Deno.test("lade --config refuses what cannot be before anything is done, and shows no secret", async () => {
  await using cli = await S3Cli.start({ f: "x" });
  const cases: [setting: string, said: string][] = [
    ["s3.regoin=x", 'unknown configuration "regoin", did you mean "region"?'],
    ["s3.multipart.partsize=5MiB", 'did you mean "multipart.partSize"?'],
    ["s3.multipart=5MiB", "multipart has to be partSize, threshold and disabled by name"],
    [
      "s3.multipart.partSize=huge",
      'has to be a whole number from 1 up to 5368709120, or a size such as 8MiB, not "huge"',
    ],
    ["s3.tags=a", "tags (--config) has to be texts by name, such as a=b,c=d"],
    ["s3.fips=yes", 'fips (--config) has to be true or false, not "yes"'],
    ["s3.sseCustomerKey=hush", "sseCustomerKey (--config) has to be 32 bytes, as such or in base64"],
    ["s3.sseCustomerKey=@none", 'Cannot read sseCustomerKey from "none": there is no such file'],
    ["hush", "is not of the form scheme.name=value"],
  ];
  for (const [setting, said] of cases) {
    const { code, stdout, stderr } = await cli.run(["put", "--config", setting, "f", "s3://bucket/f"]);
    assertEquals([code, stdout], [2, ""], setting);
    assertStringIncludes(stderr.replace(/\s+/g, " "), said);
    if (setting.includes("=hush")) assertFalse(stderr.includes("hush"), stderr);
  }
  assertEquals(cli.fake.requests.length, 0);
});

Deno.test("lade -v and doctor tell each setting with where it came from, and no secret", async () => {
  await using cli = await S3Cli.start();
  cli.fake.putObject("bucket", "a", "hello");
  await cli.directory.write(".aws/config", `[profile dev]\n${profile(cli)}s3 =\n  max_bandwidth = 1MB/s\n`);
  const args = ["--profile", "dev", "--config", "s3.requestPayer=true"];
  const { stderr } = await cli.run(["cat", "-v", ...args, "s3://bucket/a"], user(cli));
  assertStringIncludes(
    stderr,
    `lade: s3://bucket has region us-east-1 (profile "dev" of ~/.aws/config), endpoint ${cli.fake.url} ` +
      `(profile "dev" of ~/.aws/config), profile dev (--profile), requestPayer true (--config), credentials access key FAKE…SKEY ` +
      `(profile "dev" of ~/.aws/config), s3.max_bandwidth is not honoured: the bandwidth is not bounded (`,
  );
  const json = await cli.run(["cat", "-v", "--json", ...args, "s3://bucket/a"], user(cli));
  const settings = json.stderr.trim().split("\n").map((line) => JSON.parse(line)).find(({ type }) =>
    type === "settings"
  );
  assertEquals(settings.settings[0], {
    name: "region",
    value: "us-east-1",
    source: 'profile "dev" of ~/.aws/config',
  });
  const doctor = (await cli.run(["doctor", ...args, "s3://bucket"], user(cli))).stdout.replace(/\s+/g, " ");
  assertStringIncludes(doctor, "ok settings profile dev, from --profile; requestPayer true, from --config");
  assertStringIncludes(doctor, "note settings s3.max_bandwidth of profile");
  for (const text of [stderr, json.stderr, doctor]) assert(!text.includes(cli.fake.secretAccessKey));
});

Deno.test("lade presign tells the true end of a URL whose keys end sooner", async () => {
  await using cli = await S3Cli.start();
  const end = new Date(Math.floor(Date.now() / 1000) * 1000 + 600_000).toISOString();
  const keys = JSON.stringify({
    Version: 1,
    AccessKeyId: "TEMP",
    SecretAccessKey: "s",
    SessionToken: "t",
    Expiration: end,
  });
  await cli.directory.write(
    ".aws/config",
    `[default]\nregion = us-east-1\nendpoint_url = ${cli.fake.url}\ncredential_process = echo '${keys}'\n`,
  );
  const json = await cli.run(["presign", "--json", "--expires", "7d", "s3://bucket/k"], user(cli));
  assertEquals(JSON.parse(json.stdout).expires, end);
  assertEquals(JSON.parse(json.stderr).type, "note");
  const text = await cli.run(["presign", "--expires", "7d", "s3://bucket/k"], user(cli));
  assertStringIncludes(text.stderr, `lade: the URL ends at ${end}, sooner than was asked: the credentials`);
  assert(Number(new URL(text.stdout.trim()).searchParams.get("X-Amz-Expires")) <= 600);
  const short = await cli.run(["presign", "--expires", "1m", "s3://bucket/k"], user(cli));
  assertEquals([short.code, short.stderr], [0, ""]);
});

Deno.test("lade runs a credential_process once for several buckets, and keeps standard input from it", async () => {
  await using cli = await S3Cli.start();
  cli.fake.createBucket("other");
  const { accessKeyId, secretAccessKey, url } = cli.fake;
  const keys = JSON.stringify({ Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey });
  await cli.directory.write("broker", `cat >> seen; echo once >> runs; echo '${keys}'\n`);
  await cli.directory.write(
    ".aws/config",
    `[default]\nregion = us-east-1\nendpoint_url = ${url}\ncredential_process = sh broker\n`,
  );
  const piped = await cli.run(["pipe", "s3://bucket/a"], { ...user(cli), stdin: "content" });
  assertEquals([piped.code, piped.stderr], [0, ""]);
  assertEquals(new TextDecoder().decode(cli.fake.bytes("bucket", "a")), "content");
  const copied = await cli.run(["cp", "s3://bucket/a", "s3://other/b"], user(cli));
  assertEquals([copied.code, copied.stderr], [0, ""]);
  const { runs, seen } = await cli.directory.tree();
  assertEquals([runs, seen], ["once\nonce\n", ""]);
});

Deno.test("lade -v shows what holds for a call on buckets, once, as it does for objects", async () => {
  await using cli = await S3Cli.start();
  const { fake } = cli;
  const endpoint = (uri: string) => `${uri} has `;
  for (
    const [args, uri] of [
      [["mb", "s3://made"], "s3://made"],
      [["ls", "s3://"], "s3://"],
      [["rb", "-f", "s3://made"], "s3://made"],
    ] as const
  ) {
    const { code, stderr } = await cli.run([...args, "-v"]);
    assertEquals([code, stderr.split(endpoint(uri)).length], [0, 2], stderr);
    assertStringIncludes(stderr, `endpoint ${fake.url} (AWS_ENDPOINT_URL)`);
    assertStringIncludes(stderr, "credentials access key ");
    assertFalse(stderr.includes(fake.secretAccessKey), stderr);
  }
  assertEquals((await cli.run(["ls", "s3://"])).stderr, "");
});

Deno.test("lade mb, rb and ls s3:// warn where certificates are not verified", async () => {
  await using cli = await S3Cli.start();
  for (const args of [["mb", "s3://made"], ["ls", "s3://"], ["rb", "s3://made"]]) {
    const { code, stderr } = await cli.run([...args, "--no-verify-ssl"]);
    assertEquals([code, stderr.split("certificates are not verified").length], [0, 2], stderr);
  }
});
