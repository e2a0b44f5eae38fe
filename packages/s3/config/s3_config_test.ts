import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { checkOptions } from "./check_options.ts";
import { resolveConfig } from "./s3_config.ts";
import type { S3Options } from "./s3_options.ts";

const FILES: Readonly<Record<string, string>> = {
  "/home/me/.aws/config": [
    "[default]",
    "region = ap-south-1",
    "[profile dev]",
    "region = eu-west-2",
    "endpoint_url = https://dev.example",
    "ca_bundle = /certs.pem",
    "services = local",
    "s3 =",
    "  addressing_style = virtual",
    "[services local]",
    "s3 =",
    "  endpoint_url = https://dev-s3.example",
  ].join("\n"),
  "/home/me/.aws/credentials": "[default]\naws_access_key_id = A\n[dev]\nregion = eu-west-3\n",
};

function resolved(
  options: S3Options,
  variables: Readonly<Record<string, string>> = {},
  read: string[] = [],
): ReturnType<typeof resolveConfig> {
  return resolveConfig(options, {
    env: (name) => ({ HOME: "/home/me", ...variables })[name],
    read: (path) => {
      read.push(path);
      return Promise.resolve(FILES[path]);
    },
  });
}

Deno.test("resolveConfig() takes the region from option, variables, profile and default, in this order", async () => {
  const variables = { AWS_REGION: "r1", AWS_DEFAULT_REGION: "r2", AWS_PROFILE: "dev" };
  assertEquals((await resolved({ region: "r0" }, variables)).region, { value: "r0", source: "option" });
  assertEquals((await resolved({}, variables)).region, { value: "r1", source: "AWS_REGION" });
  const { AWS_REGION: _, ...second } = variables;
  assertEquals((await resolved({}, second)).region, { value: "r2", source: "AWS_DEFAULT_REGION" });
  assertEquals((await resolved({}, { AWS_PROFILE: "dev" })).region, {
    value: "eu-west-3",
    source: 'profile "dev" of ~/.aws/credentials',
  });
  assertEquals((await resolved({})).region, {
    value: "ap-south-1",
    source: 'profile "default" of ~/.aws/config',
  });
  assertEquals((await resolved({}, { HOME: "/nowhere" })).region, { value: "us-east-1", source: "default" });
});

Deno.test("resolveConfig() takes the endpoint from option, variables and profile, in this order", async () => {
  const variables = { AWS_ENDPOINT_URL_S3: "https://e1", AWS_ENDPOINT_URL: "https://e2", AWS_PROFILE: "dev" };
  assertEquals((await resolved({ endpoint: "https://e0" }, variables)).endpoint?.value, "https://e0");
  assertEquals((await resolved({}, variables)).endpoint, {
    value: "https://e1",
    source: "AWS_ENDPOINT_URL_S3",
  });
  const { AWS_ENDPOINT_URL_S3: _, ...second } = variables;
  assertEquals((await resolved({}, second)).endpoint, { value: "https://e2", source: "AWS_ENDPOINT_URL" });
  assertEquals((await resolved({ profile: "dev" })).endpoint, {
    value: "https://dev-s3.example",
    source: 'services "local" of ~/.aws/config',
  });
  assertEquals((await resolved({})).endpoint, undefined);
  const ignoring = { ...variables, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: "true" };
  assertEquals((await resolved({}, ignoring)).endpoint, undefined);
});

Deno.test("resolveConfig() reads the profile's CA bundle and addressing style, and other places of the files", async () => {
  const dev = await resolved({ profile: "dev" });
  assertEquals([dev.caBundle?.value, dev.forcePathStyle], ["/certs.pem", false]);
  assertEquals((await resolved({ profile: "dev", forcePathStyle: true })).forcePathStyle, true);
  const read: string[] = [];
  await resolved({}, { AWS_CONFIG_FILE: "/c", AWS_SHARED_CREDENTIALS_FILE: "/s" }, read);
  assertEquals(read.sort(), ["/c", "/s"]);
});

Deno.test("resolveConfig() obeys the variables about checksums, addresses and standards", async () => {
  const set = await resolved({}, {
    AWS_REQUEST_CHECKSUM_CALCULATION: "when_required",
    AWS_RESPONSE_CHECKSUM_VALIDATION: "WHEN_REQUIRED",
    AWS_USE_FIPS_ENDPOINT: "true",
    AWS_USE_DUALSTACK_ENDPOINT: "TRUE",
  });
  assertEquals([set.checksum, set.verifyDownloads, set.fips, set.dualstack], ["none", false, true, true]);
  const plain = await resolved({});
  assertEquals([plain.checksum, plain.verifyDownloads, plain.fips, plain.dualstack], [
    "auto",
    true,
    false,
    false,
  ]);
});

Deno.test("resolveConfig() refuses validated endpoints together with what leads elsewhere", async () => {
  const fips = { AWS_USE_FIPS_ENDPOINT: "true" };
  const own = "https://s3-fips.us-east-1.amazonaws.com";
  assertEquals((await resolved({ endpoint: own }, fips)).fips, true);
  for (
    const [options, env, said] of [
      [
        {},
        { AWS_ENDPOINT_URL: "https://e1" },
        "fips (AWS_USE_FIPS_ENDPOINT) and endpoint (AWS_ENDPOINT_URL) exclude",
      ],
      [{ profile: "dev" }, {}, 'and endpoint (services "local" of ~/.aws/config) exclude'],
      [{ accelerate: true }, {}, "fips (AWS_USE_FIPS_ENDPOINT) and accelerate (option) exclude each other"],
    ] as const
  ) {
    await assertRejects(() => resolved(options, { ...fips, ...env }), TypeError, said);
  }
  assertEquals((await resolved({ fips: false }, { ...fips, AWS_ENDPOINT_URL: "https://e1" })).fips, false);
});

Deno.test("resolveConfig() makes the threshold the part size where it is not given", async () => {
  const { multipart } = await resolved({ multipart: { partSize: 2 ** 24 } });
  assertEquals(multipart, { partSize: 2 ** 24, threshold: 2 ** 24, disabled: false });
});

const WRONG: readonly (readonly [Record<string, unknown>, RegExp])[] = [
  [
    { regoin: "x" },
    /unknown configuration "regoin", did you mean "region"\? Known are region, endpoint, endpointAddresses/,
  ],
  [
    { multipart: { size: 1 } },
    /unknown configuration "multipart.size", did you mean "multipart.partSize"\? Known are multipart.partSize, multipart.t[a-z]+, multipart.disabled$/,
  ],
  [{ toString: 1 }, /unknown configuration "toString", known are region/],
  [{ region: "eu west" }, /region has to be a region's name/],
  [{ region: "" }, /region has to be/],
  [{ allowHttp: "yes" }, /allowHttp has to be true or false/],
  [{ checksum: "md5" }, /checksum has to be one of "auto", "crc32c"/],
  [{ multipart: { partSize: 1.5 } }, /multipart.partSize has to be a whole number from 1/],
  [{ multipart: 5 }, /multipart has to be/],
  [{ uploadConcurrency: 0 }, /uploadConcurrency has to be a whole number from 1 up, or "auto"/],
  [
    { credentials: { accessKeyId: "A" } },
    /credentials has to be accessKeyId and secretAccessKey, or a function/,
  ],
  [{ credentials: { accessKeyId: "A", secretAccessKey: "s", expiration: "soon" } }, /credentials has to be/],
  [{ tags: { a: 1 } }, /tags has to be texts by name/],
  [{ sseCustomerKey: new Uint8Array(31) }, /sseCustomerKey has to be 32 bytes/],
  [{ sseCustomerKey: "c2hvcnQ=" }, /sseCustomerKey has to be 32 bytes/],
  [{ sse: "AES256", sseCustomerKey: new Uint8Array(32) }, /sse and sseCustomerKey exclude each other/],
  [{ sse: "AES256", sseKmsKeyId: "k" }, /sseKmsKeyId needs sse/],
  [{ anonymous: true, profile: "p" }, /anonymous and profile exclude each other/],
];

for (const [options, words] of WRONG) {
  Deno.test(`checkOptions() refuses ${JSON.stringify(options)}`, () => {
    const error = assertThrows(() => checkOptions(options), TypeError);
    assertEquals(words.test(error.message), true, error.message);
    assertEquals(error.message.startsWith("Cannot configure s3: "), true);
  });
}

Deno.test("resolveConfig() takes addresses for the endpoint they are said for, and for no other", async () => {
  const env = {
    LADE_S3_ENDPOINT_ADDRESSES: "10.0.0.1,10.0.0.2:9001, 10.0.0.1",
    AWS_ENDPOINT_URL: "https://e",
    HOME: "/nowhere",
  };
  const addresses = async (options: S3Options, variables: Readonly<Record<string, string>> = env) => {
    const { endpointAddresses, shown } = await resolved(options, variables);
    assertEquals(shown.some(({ name }) => name === "endpointAddresses"), endpointAddresses !== undefined);
    return endpointAddresses;
  };
  assertEquals(await addresses({}), ["10.0.0.1", "10.0.0.2:9001"]);
  assertEquals(await addresses({ endpoint: "https://other" }), undefined);
  assertEquals(await addresses({ endpointAddresses: ["Node-1", "[::1]:9000"] }), ["node-1", "[::1]:9000"]);
  assertEquals(await addresses({ endpoint: "https://other", endpointAddresses: "10.0.0.9" }), ["10.0.0.9"]);
  assertEquals(await addresses({}, { ...env, LADE_S3_ENDPOINT_ADDRESSES: "" }), undefined);
  assertEquals(await addresses({ ignoreConfiguredEndpoints: true }), undefined);
});

Deno.test("resolveConfig() refuses addresses that cannot be used, and says why", async () => {
  const none = { HOME: "/nowhere" };
  const http = "http://localhost:9000";
  const cases: [options: S3Options, said: string][] = [
    [
      { endpointAddresses: "10.0.0.1" },
      "endpointAddresses (option) cannot be used: no endpoint is configured",
    ],
    [{ endpointAddresses: ["10.0.0.1"], endpoint: "https://e", transport: "fetch" }, "transport, option"],
    [{ endpointAddresses: "127.0.0.2,node-1:9", endpoint: http }, "plain HTTP to another machine (node-1:9)"],
    [{ endpointAddresses: "http://10.0.0.1", endpoint: "https://e" }, "has to be hosts such as"],
    [{ endpointAddresses: "10.0.0.1:0", endpoint: "https://e" }, "has to be hosts such as"],
    [{ endpointAddresses: "10.0.0.1:65536", endpoint: "https://e" }, "has to be hosts such as"],
    [{ endpointAddresses: [], endpoint: "https://e" }, "has to be hosts such as"],
    [{ endpointAddresses: "a b", endpoint: "https://e" }, "has to be hosts such as"],
  ];
  for (const [options, said] of cases) {
    await assertRejects(() => resolved(options, none), TypeError, said);
  }
  const allowed: S3Options[] = [
    { endpointAddresses: "127.0.0.2,[::1]:9,localhost", endpoint: http },
    { endpointAddresses: "node-1:65535", endpoint: http, allowHttp: true },
  ];
  for (const options of allowed) {
    assertEquals((await resolved(options, none)).endpointAddresses?.length, options.allowHttp ? 1 : 3);
  }
});
