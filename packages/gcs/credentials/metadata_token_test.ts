import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { CredentialFault } from "@lade/service/tokens";
import { FakeClock } from "@lade/testing";
import { ACCOUNT, GoogleTokens, type SeenRequest } from "../testing/google_tokens.ts";
import { searchTokens } from "./search_tokens.ts";

const faultOf = (found: Promise<unknown>) => assertRejects(() => found, CredentialFault);

Deno.test("searchTokens() asks the metadata server as Google has it, and signs by IAM", async () => {
  await using google = new GoogleTokens();
  const { value, source } = await google.find();
  assertEquals([value.token, value.email, source], ["M", ACCOUNT, "the metadata server"]);
  assertEquals(
    google.seen.map(({ path }) => path.replace("/computeMetadata/v1/instance/service-accounts/default", "")),
    [
      "/email",
      "/token",
    ],
  );
  assert(google.seen.every(({ header }) => header("metadata-flavor") === "Google"));
  assertEquals(new TextDecoder().decode(await value.sign?.(new Uint8Array([1, 2, 255]))), "signature");
  const { header, path, text } = google.seen.at(-1) ?? google.seen[0] as SeenRequest;
  assertEquals([path, header("authorization"), JSON.parse(text)], [
    `/v1/projects/-/serviceAccounts/${ACCOUNT}:signBlob`,
    "Bearer M",
    { payload: btoa("\x01\x02\xff") },
  ]);
});

Deno.test("searchTokens() takes nothing of a metadata server that is none of Google's", async () => {
  for (
    const [answer, words] of [
      [() => new Response("me@evil"), "what answers there is no metadata server of Google's"],
      [
        () => new Response(null, { status: 404, headers: { "metadata-flavor": "Google" } }),
        "the machine has no service",
      ],
      [() => new Response(null, { status: 403, headers: { "metadata-flavor": "Google" } }), "it answers 403"],
    ] as const
  ) {
    await using google = new GoogleTokens(answer);
    const fault = await faultOf(google.find());
    assert(fault.message.includes(`the metadata server: ${words}`), fault.message);
    assertEquals(google.seen.length, 1);
  }
});

Deno.test("searchTokens() finds the metadata server by host or URL, and says what is neither", async () => {
  await using google = new GoogleTokens();
  for (const GCE_METADATA_HOST of [google.host, `${google.url}/`]) {
    assertEquals((await google.find(undefined, {}, { GCE_METADATA_HOST })).value.token, "M");
  }
  const fault = await faultOf(google.find(undefined, {}, { GCE_METADATA_HOST: "a b" }));
  assertEquals(
    fault.detail,
    "the metadata server cannot be asked: its address is no URL such as https://host",
  );
});

Deno.test("searchTokens() waits a second for a metadata server, and longer on a platform that has one", async () => {
  await using google = new GoogleTokens();
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const host = { GCE_METADATA_HOST: `127.0.0.1:${listener.addr.port}` };
  for (
    const [env, waitMs, words] of [
      [host, 1_000, /the metadata server: no service for it answers on this machine\)/],
      [{ ...host, K_SERVICE: "s" }, 10_000, /^the metadata server at http:\S+ cannot be asked: /],
    ] as const
  ) {
    const clock = new FakeClock();
    const web = () => Promise.resolve({ clock });
    const config = { anonymous: false, allowHttp: false };
    const failed = faultOf(searchTokens(config, { ...google.around(env), clock, web }));
    using connection = await listener.accept();
    await connection.read(new Uint8Array(1024));
    let told = false;
    failed.finally(() => told = true);
    await clock.advance(waitMs - 1);
    assertEquals(told, false);
    for (let tries = 1; !told && tries <= 3; tries++) {
      await clock.advance(waitMs);
      if (env === host) break;
    }
    assertMatch((await failed).message, words);
  }
});
