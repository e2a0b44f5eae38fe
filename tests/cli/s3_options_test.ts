import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { makeCertificate } from "../fakes/s3/mod.ts";
import { CliHere } from "./run_here.ts";
import { S3Cli } from "./s3_cli.ts";

Deno.test("lade presign prints URLs that work without credentials", async () => {
  await using cli = await S3Cli.start();
  cli.fake.putObject("bucket", "a b", "hello");
  const get = await cli.watch(["presign", "s3://bucket/a b"]);
  assertEquals([get.code, get.stderr, get.operations], [0, "", []]);
  assertEquals(await (await fetch(get.stdout.trim())).text(), "hello");
  assertEquals(new URL(get.stdout.trim()).searchParams.get("X-Amz-Expires"), "900");
  const put = await cli.run(["presign", "--method", "put", "--expires", "1h30m", "--json", "s3://bucket/b"]);
  const { expires, method, type, uri, url } = JSON.parse(put.stdout);
  assertEquals([type, uri, method], ["presigned", "s3://bucket/b", "PUT"]);
  assertEquals(new URL(url).searchParams.get("X-Amz-Expires"), "5400");
  assert(new Date(expires).getTime() > Date.now());
  const stored = await fetch(url, { method: "PUT", body: "new" });
  assertEquals([stored.status, await stored.text()], [200, ""]);
  assertEquals(new TextDecoder().decode(cli.fake.bytes("bucket", "b")), "new");
  const remove = await cli.run(["presign", "--method", "DELETE", "s3://bucket/b"]);
  const removed = await fetch(remove.stdout.trim(), { method: "DELETE" });
  assertEquals([removed.status, await removed.text()], [204, ""]);
  assertEquals(cli.fake.object("bucket", "b"), undefined);
  const unsigned = await cli.run(["presign", "--no-sign-request", "s3://bucket/b"]);
  assertEquals([unsigned.code, unsigned.stdout], [1, ""]);
  assertStringIncludes(
    unsigned.stderr,
    "anonymous requests have no signature to give; give an access key, and leave anonymous out",
  );
});

Deno.test("lade presign refuses what cannot be signed, and times that are none", async () => {
  await using cli = new CliHere();
  const mistakes: [args: string[], said: RegExp, code: number][] = [
    [["--expires", "8d", "s3://b/k"], /"8d" is more than "7d"/, 2],
    [["--expires", "soon", "s3://b/k"], /"soon" is not a time such as 90s, 15m, 1h30m or 7d/, 2],
    [["--method", "POST", "s3://b/k"], /"GET", "PUT" or "DELETE"/, 2],
    [[], /URI/, 2],
    [["s3://bucket"], /it is a prefix, an object is needed/, 1],
    [["memory://m/k"], /Cannot presign "memory:\/\/m\/k"/, 1],
  ];
  for (const [args, said, code] of mistakes) {
    const outcome = await cli.run(["presign", ...args]);
    assertEquals([outcome.code, outcome.stdout], [code, ""], args.join(" "));
    assertMatch(outcome.stderr, said);
  }
});

Deno.test("lade takes the options of s3:// before and after the command, before those of the environment", async () => {
  await using cli = await S3Cli.start();
  cli.fake.putObject("bucket", "a", "hello");
  const wrong = { env: { AWS_ENDPOINT_URL: "http://127.0.0.1:1", AWS_REGION: "nowhere-1" } };
  const before = await cli.run([
    "--endpoint-url",
    cli.fake.url,
    "--region=us-east-1",
    "cat",
    "s3://bucket/a",
  ], wrong);
  assertEquals(before, { code: 0, stdout: "hello", stderr: "" });
  const after = await cli.run(
    [
      "cat",
      "s3://bucket/a",
      "--endpoint-url",
      cli.fake.url,
      "--config",
      "s3.region=x-1",
      "--region",
      "us-east-1",
    ],
    wrong,
  );
  assertEquals(after, before);
  assertMatch(cli.fake.requests.at(-1)?.headers["authorization"] ?? "", /\/us-east-1\/s3\/aws4_request/);
});

Deno.test("lade --no-sign-request asks without keys", async () => {
  await using cli = await S3Cli.start();
  cli.fake.createBucket("public", { publicAccess: "read" });
  cli.fake.putObject("public", "a", "hello");
  assertEquals((await cli.run(["cat", "--no-sign-request", "s3://public/a"])).stdout, "hello");
  assertEquals(cli.fake.requests.at(-1)?.headers["authorization"], undefined);
  const denied = await cli.run(["cat", "--no-sign-request", "s3://bucket/a"]);
  assertStringIncludes(denied.stderr, "access denied to anonymous requests; allow s3:GetObject");
});

Deno.test("lade --request-payer agrees to pay, also with the value that other programs give it", async () => {
  await using cli = await S3Cli.start();
  cli.fake.createBucket("paid", { requesterPays: true, owner: "somebody", publicAccess: "read" });
  cli.fake.putObject("paid", "a", "hello");
  const refused = await cli.run(["cat", "s3://paid/a"]);
  assertStringIncludes(refused.stderr, "or set requestPayer where the bucket asks for it");
  for (
    const option of [["--request-payer"], ["--request-payer", "requester"], ["--request-payer=requester"]]
  ) {
    const { code, stdout, stderr } = await cli.run(["cat", ...option, "s3://paid/a"]);
    assertEquals([code, stdout], [0, "hello"], stderr);
  }
});

Deno.test("lade --profile takes keys, region and endpoint from the files of AWS", async () => {
  await using cli = await S3Cli.start();
  cli.fake.putObject("bucket", "a", "hello");
  const { accessKeyId, secretAccessKey, url } = cli.fake;
  await cli.directory.write("config", `[profile work]\nregion = us-east-1\nendpoint_url = ${url}\n`);
  await cli.directory.write(
    "credentials",
    `[work]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`,
  );
  const env = {
    AWS_CONFIG_FILE: `${cli.directory.path}/config`,
    AWS_SHARED_CREDENTIALS_FILE: `${cli.directory.path}/credentials`,
    AWS_ACCESS_KEY_ID: "",
    AWS_ENDPOINT_URL: "",
    AWS_REGION: "",
  };
  assertEquals((await cli.run(["cat", "--profile", "work", "s3://bucket/a"], { env })).stdout, "hello");
});

Deno.test("lade --ca-bundle trusts a certificate of one's own", async () => {
  const tls = makeCertificate({ hosts: ["127.0.0.1"] });
  await using cli = await S3Cli.start({ "ca.pem": tls.cert }, { tls });
  cli.fake.putObject("bucket", "a", "hello");
  const untrusted = await cli.run(["cat", "s3://bucket/a"]);
  assertEquals(untrusted.code, 1);
  assertStringIncludes(untrusted.stderr, "give the certificate of its authority as CA bundle");
  const trusted = await cli.run(["cat", "--ca-bundle", "ca.pem", "s3://bucket/a"]);
  assertEquals(trusted, { code: 0, stdout: "hello", stderr: "" });
  const missing = await cli.run(["cat", "--ca-bundle", "nope.pem", "s3://bucket/a"]);
  assertMatch(missing.stderr, /the CA bundle "nope\.pem" \(--ca-bundle\) cannot be read/);
});

Deno.test("lade --no-verify-ssl takes any certificate, and says once what that means", async () => {
  const tls = makeCertificate({ hosts: ["127.0.0.1"], authority: true });
  await using cli = await S3Cli.start({ "ca.pem": tls.cert }, { tls });
  for (const key of ["a", "b"]) cli.fake.putObject("bucket", key, "hello");
  const refused = await cli.run(["cat", "--ca-bundle", "ca.pem", "s3://bucket/a"]);
  assertEquals(refused.code, 1);
  assertMatch(refused.stderr, /CA:TRUE.*openssl req -x509.*basicConstraints=critical,CA:FALSE/s);
  const warning = /^lade: certificates are not verified: .* \((.*)\)\n$/;
  for (
    const [args, env, source] of [
      [["--no-verify-ssl"], {}, "--no-verify-ssl"],
      [["--config", "s3.verifySsl=false"], {}, "--config"],
      [[], { LADE_S3_VERIFY_SSL: "false" }, "LADE_S3_VERIFY_SSL"],
    ] as const
  ) {
    const { code, stdout, stderr } = await cli.run(["cat", ...args, "s3://bucket/a", "s3://bucket/b"], {
      env,
    });
    assertEquals([code, stdout], [0, "hellohello"], stderr);
    assertEquals(warning.exec(stderr)?.[1], source, stderr);
  }
});

Deno.test("lade --endpoint-address reaches the endpoint there, and signs for its name", async () => {
  await using cli = await S3Cli.start();
  cli.fake.putObject("bucket", "a", "hello");
  const endpoint = "http://s3.localhost:1";
  const there = `127.0.0.1:${cli.fake.port}`;
  for (
    const [args, env] of [
      [["--endpoint-url", endpoint, "--endpoint-address", `${there},127.0.0.9:1`], {}],
      [["--config", `s3.endpoint=${endpoint}`, "--config", `s3.endpointAddresses=${there}`], {}],
      [[], { AWS_ENDPOINT_URL: endpoint, LADE_S3_ENDPOINT_ADDRESSES: there }],
      [["--endpoint-url", cli.fake.url], { LADE_S3_ENDPOINT_ADDRESSES: "127.0.0.9:1" }],
    ] as const
  ) {
    const permissions = [...cli.options().permissions ?? [], "--allow-net=127.0.0.9:1"];
    const outcome = await cli.run(["cat", ...args, "s3://bucket/a"], { env, permissions });
    assertEquals(outcome, { code: 0, stdout: "hello", stderr: "" });
  }
  const { stderr } = await cli.run(["ls", "-v", "s3://bucket"], {
    env: { AWS_ENDPOINT_URL: endpoint, LADE_S3_ENDPOINT_ADDRESSES: there },
  });
  assertMatch(stderr, /endpointAddresses .*127\.0\.0\.1:.*\(LADE_S3_ENDPOINT_ADDRESSES\)/);
});

Deno.test("lade --endpoint-address says why addresses cannot be used", async () => {
  await using cli = await S3Cli.start();
  const there = `127.0.0.1:${cli.fake.port}`;
  for (
    const [args, env, code, said] of [
      [[], { AWS_ENDPOINT_URL: "" }, 1, "no endpoint is configured"],
      [["--config", "s3.transport=fetch"], {}, 1, "fetch goes where names lead"],
      [[], { HTTP_PROXY: "http://127.0.0.1:1" }, 1, "a proxy goes where names lead; give no addresses"],
    ] as const
  ) {
    const outcome = await cli.run(["ls", ...args, "--endpoint-address", there, "s3://bucket"], {
      env,
      permissions: [`--allow-net=${there}`, "--allow-env", "--allow-sys=osRelease"],
    });
    assertEquals([outcome.code, outcome.stdout], [code, ""], outcome.stderr);
    assertStringIncludes(outcome.stderr, said);
  }
  for (
    const [address, code, said] of [
      ["http://x", 2, "has to be hosts such as"],
      ["10.0.0.1", 1, "(10.0.0.1) has to be allowed"],
    ] as const
  ) {
    const outcome = await cli.run(["ls", "--endpoint-address", address, "s3://bucket"]);
    assertEquals(outcome.code, code, outcome.stderr);
    assertStringIncludes(outcome.stderr, said);
  }
  const denied = await cli.run(["ls", "--endpoint-address", "127.0.0.9:1", "s3://bucket"]);
  assertEquals(denied.code, 1);
  assertStringIncludes(denied.stderr, "may not connect to 127.0.0.9:1, which is given as an address");
});

Deno.test("lade --help groups the options of services", async () => {
  await using cli = new CliHere();
  for (const args of [["--help"], ["cp", "--help"], ["doctor", "--help"]]) {
    const { stdout } = await cli.run(args);
    const group = stdout.slice(stdout.indexOf("\nOptions of services:\n"));
    for (
      const option of [
        "endpoint-url",
        "endpoint-address",
        "region",
        "profile",
        "no-sign-request",
        "request-payer",
        "ca-bundle",
        "account-name",
        "blob-endpoint",
      ]
    ) {
      assertStringIncludes(group, `\n  --${option} `);
    }
  }
});
