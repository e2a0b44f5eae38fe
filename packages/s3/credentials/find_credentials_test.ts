import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { UnauthenticatedError } from "@lade/core";
import type { S3Options } from "../config/s3_options.ts";
import type { S3Credentials } from "../config/s3_credentials.ts";
import type { LoadedCredentials } from "./credential_cache.ts";
import { SharedTokens } from "@lade/service/tokens";
import { loadCredentials, sourceOfCredentials } from "../testing/credentials_world.ts";

const FILES: Readonly<Record<string, string>> = {
  "/h/.aws/config": [
    "[default]",
    "region = eu-west-1",
    "[profile token]",
    "aws_access_key_id = T",
    "[profile secret]",
    "aws_secret_access_key = T",
    "[profile bare]",
    "region = x-1",
    "[wrong]",
    "region = x-1",
  ].join("\n"),
  "/h/.aws/credentials":
    "[default]\naws_access_key_id = DEF\naws_secret_access_key = d\n[dev]\naws_access_key_id = DEV\n" +
    "aws_secret_access_key = v\naws_session_token = tok\n[other]\naws_access_key_id=O\naws_secret_access_key=o\n",
};

const VARIABLES = { AWS_ACCESS_KEY_ID: "ENV", AWS_SECRET_ACCESS_KEY: "e" };

function found(
  options: S3Options,
  env: Readonly<Record<string, string>> = {},
): Promise<LoadedCredentials> {
  return loadCredentials({ files: FILES, env }, options);
}

async function keyId(options: S3Options, env: Readonly<Record<string, string>> = {}): Promise<string> {
  return (await found(options, env)).value.accessKeyId;
}

Deno.test("findCredentials() takes options, a profile option, variables and profiles in this order", async () => {
  const credentials = { accessKeyId: "OPT", secretAccessKey: "o" };
  assertEquals((await found({ credentials }, VARIABLES)).source, "the options");
  assertEquals(await found({ profile: "dev" }, VARIABLES), {
    value: { accessKeyId: "DEV", secretAccessKey: "v", sessionToken: "tok" },
    source: 'profile "dev" of ~/.aws/credentials',
  });
  assertEquals(await keyId({}, VARIABLES), "ENV");
  assertEquals(await keyId({}, { ...VARIABLES, AWS_PROFILE: "dev" }), "ENV");
  assertEquals(await keyId({}, { AWS_PROFILE: "dev" }), "DEV");
  assertEquals(await keyId({}, { AWS_DEFAULT_PROFILE: "dev" }), "DEV");
  assertEquals(await keyId({}, { AWS_DEFAULT_PROFILE: "other", AWS_PROFILE: "dev" }), "DEV");
  assertEquals(await keyId({}, { AWS_DEFAULT_PROFILE: "dev", AWS_PROFILE: "" }), "DEV");
  assertEquals(await keyId({}), "DEF");
});

Deno.test("findCredentials() trims keys wherever they come from", async () => {
  const padded = { AWS_ACCESS_KEY_ID: " ENV\n", AWS_SECRET_ACCESS_KEY: "e\r\n", AWS_SESSION_TOKEN: "tok\n" };
  const keys = { accessKeyId: "ENV", secretAccessKey: "e", sessionToken: "tok" };
  assertEquals((await found({}, padded)).value, keys);
  const given = { accessKeyId: "ENV\n", secretAccessKey: " e", sessionToken: "tok\n" };
  assertEquals((await found({ credentials: given })).value, keys);
  assertEquals((await found({ credentials: () => Promise.resolve(given) })).value, keys);
});

Deno.test("findCredentials() refuses keys that no signature can be made of, and names where they stand", async () => {
  const broken = { AWS_ACCESS_KEY_ID: "EN\nV", AWS_SECRET_ACCESS_KEY: "e" };
  const error = await assertRejects(() => found({}, broken), TypeError);
  assertEquals(
    error.message,
    "Cannot configure s3: AWS_ACCESS_KEY_ID has to be one word of letters, digits and signs, without quotes around it",
  );
});

Deno.test("findCredentials() takes the session token and the end along", async () => {
  const env = {
    ...VARIABLES,
    AWS_SESSION_TOKEN: "tok",
    AWS_CREDENTIAL_EXPIRATION: "2030-01-31T12:00:00Z",
  };
  assertEquals((await found({}, env)).value, {
    accessKeyId: "ENV",
    secretAccessKey: "e",
    sessionToken: "tok",
    expiration: new Date("2030-01-31T12:00:00Z"),
  });
});

Deno.test("findCredentials() refuses half a pair of keys and says which half is missing, and where", async () => {
  const cases: [options: S3Options, env: Record<string, string>, said: string][] = [
    [
      {},
      { AWS_ACCESS_KEY_ID: "half" },
      "AWS_SECRET_ACCESS_KEY is missing beside AWS_ACCESS_KEY_ID in the environment",
    ],
    [
      {},
      { AWS_SECRET_ACCESS_KEY: "half" },
      "AWS_ACCESS_KEY_ID is missing beside AWS_SECRET_ACCESS_KEY in the environment",
    ],
    [
      { profile: "token" },
      {},
      'aws_secret_access_key is missing beside aws_access_key_id in profile "token" of ~/.aws/config',
    ],
    [
      { profile: "secret" },
      {},
      'aws_access_key_id is missing beside aws_secret_access_key in profile "secret"',
    ],
  ];
  for (const [options, env, said] of cases) {
    await assertRejects(() => found(options, env), UnauthenticatedError, said);
  }
});

Deno.test("findCredentials() makes no pair of the halves of two files, and takes sources in the order of the AWS tools", async () => {
  const process = `credential_process = echo '{"Version":1,"AccessKeyId":"PROC","SecretAccessKey":"p"}'\n`;
  const [id, secret] = ["aws_access_key_id = FILE\n", "aws_secret_access_key = s\n"];
  const load = async (config: string, credentials = "") => {
    const files = {
      "/h/.aws/config": `[default]\n${config}`,
      "/h/.aws/credentials": `[default]\n${credentials}`,
    };
    return (await loadCredentials({ files })).value.accessKeyId;
  };
  assertEquals(await load(id + secret + process), "PROC");
  assertEquals(await load(process, id + secret), "FILE");
  assertEquals(await load(id + secret), "FILE");
  await assertRejects(
    () => load(secret, id),
    UnauthenticatedError,
    "is missing beside aws_access_key_id in profile",
  );
  await assertRejects(() => load(id, secret), UnauthenticatedError, "aws_access_key_id is missing beside");
});

Deno.test("findCredentials() refuses a profile that is not there, and names the files and what they have", async () => {
  const asked: [options: S3Options, env: Record<string, string>, by: string][] = [
    [{ profile: "nope" }, VARIABLES, ""],
    [{}, { ...VARIABLES, AWS_PROFILE: "nope" }, " (AWS_PROFILE)"],
    [{}, { AWS_DEFAULT_PROFILE: "nope" }, " (AWS_DEFAULT_PROFILE)"],
  ];
  for (const [options, env, by] of asked) {
    const error = await assertRejects(() => found(options, env), TypeError);
    assertEquals(
      error.message,
      `Cannot configure s3: there is no profile "nope"${by} in ~/.aws/config and ~/.aws/credentials, ` +
        'which have "default", "dev", "other", "token", "secret", "bare"',
    );
  }
  await assertRejects(
    () => found({ profile: "wrong" }),
    TypeError,
    "write [profile wrong] instead of [wrong]",
  );
  const nothing = await assertRejects(() => loadCredentials({}, { profile: "nope" }), TypeError);
  assertStringIncludes(nothing.message, "in ~/.aws/config (");
});

Deno.test("findCredentials() asks a given function, each time anew", async () => {
  let count = 0;
  const options: S3Options = {
    credentials: () => Promise.resolve({ accessKeyId: `F${++count}`, secretAccessKey: "f" }),
  };
  assertEquals(await keyId(options), "F1");
  assertEquals(await keyId(options), "F2");
  const none = { credentials: () => Promise.resolve({ accessKeyId: "", secretAccessKey: "" }) };
  await assertRejects(() => found(none), UnauthenticatedError, "gave none");
});

Deno.test("findCredentials() says what to do where there are none, and below it where it has looked", async () => {
  const error = await assertRejects(() => loadCredentials({}), UnauthenticatedError);
  assertStringIncludes(error.message, 'Cannot open "s3://b": no credentials; set AWS_ACCESS_KEY_ID');
  assert(error.cause instanceof Error);
  for (
    const place of [
      "the environment has no AWS_ACCESS_KEY_ID",
      'no profile "default" in ~/.aws/config',
      "no container's credential service is named",
      "switched off by AWS_EC2_METADATA_DISABLED",
    ]
  ) assertStringIncludes(error.cause.message, place);
  const bare = await assertRejects(() => found({ profile: "bare" }), UnauthenticatedError);
  assertStringIncludes(bare.message, 'no credentials in profile "bare"; set');
});

Deno.test("findCredentials() reads the files of profiles again when others are asked for", async () => {
  const files: Record<string, string> = { ...FILES };
  const source = await sourceOfCredentials({ files }, { profile: "dev" });
  const token = async (refresh: boolean) => (await source.load(refresh)).value.sessionToken;
  assertEquals(await token(false), "tok");
  files["/h/.aws/credentials"] = FILES["/h/.aws/credentials"]?.replace("= tok", "= renewed") ?? "";
  assertEquals([await token(false), await token(true), await token(false)], ["tok", "renewed", "renewed"]);
});

Deno.test("findCredentials() shares what was found with stores of the same profile alone", async () => {
  const files = { ...FILES };
  const world = { files, shared: new SharedTokens<S3Credentials>() };
  const idOf = async (options: S3Options) => (await loadCredentials(world, options)).value.accessKeyId;
  assertEquals(await idOf({ profile: "dev" }), "DEV");
  assertEquals(await idOf({ profile: "other" }), "O");
  assertEquals(await idOf({}), "DEF");
  files["/h/.aws/credentials"] = files["/h/.aws/credentials"]?.replace("DEV", "NEW") ?? "";
  assertEquals(await idOf({ profile: "dev" }), "DEV");
  assertEquals((await loadCredentials({ files }, { profile: "dev" })).value.accessKeyId, "NEW");
});
