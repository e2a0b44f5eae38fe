import { assertEquals, assertRejects } from "@std/assert";
import { UnauthenticatedError } from "@lade/core";
import { BearerAuthorizer } from "@lade/service/call";
import { ServiceFault } from "@lade/service/errors";
import { SharedTokens } from "@lade/service/tokens";
import { FakeClock } from "@lade/testing";
import { resolveGcsConfig } from "../config/gcs_config.ts";
import type { GcsOptions } from "../config/gcs_options.ts";
import { ACCOUNT, GoogleTokens } from "../testing/google_tokens.ts";
import { type CredentialSearch, findCredential } from "./find_credential.ts";
import { type GcsCredential, type GcsToken, identityOf, projectOf } from "./gcs_credential.ts";

/** What is found by options, with a user's variables and files. */
function find(
  google: GoogleTokens,
  options: GcsOptions = {},
  env: Readonly<Record<string, string>> = {},
  more: Partial<CredentialSearch> = {},
): Extract<GcsCredential, { kind: "bearer" }> {
  const around = { ...google.around(env), uri: "gs://b", clock: new FakeClock(), ...more };
  const found = findCredential(resolveGcsConfig(options, around.env), around);
  if (found.kind !== "bearer") throw new Error(found.kind);
  return found;
}

const request = { method: "GET", host: "h", path: "/", query: "", headers: {} };

Deno.test("findCredential() signs nothing where that is said, and asks nothing before a token is needed", async () => {
  await using google = new GoogleTokens();
  const around = { ...google.around(), uri: "gs://b" };
  const anonymous = findCredential(resolveGcsConfig({ anonymous: true }, () => undefined), around);
  assertEquals([anonymous, identityOf(anonymous), await projectOf(anonymous)], [
    { kind: "anonymous" },
    "nobody (anonymous)",
    undefined,
  ]);
  assertEquals(identityOf(find(google)), "the account of the credentials");
  assertEquals(google.seen.length, 0);
});

Deno.test("findCredential() tells who asks, and by what, and no secret", async () => {
  await using google = new GoogleTokens();
  const token = find(google, {}, { CLOUDSDK_AUTH_ACCESS_TOKEN: "s3cret" });
  assertEquals((await token.tokens.get()).token, "s3cret");
  assertEquals(identityOf(token), "the account of CLOUDSDK_AUTH_ACCESS_TOKEN");
  google.files.set("/k", JSON.stringify(google.key()));
  const key = find(google, {}, { GOOGLE_APPLICATION_CREDENTIALS: "/k" });
  await key.tokens.get();
  assertEquals(identityOf(key), `"${ACCOUNT}" (GOOGLE_APPLICATION_CREDENTIALS)`);
  const acted = find(google, { impersonateServiceAccount: ACCOUNT, credentialsFile: "/k" });
  await acted.tokens.get();
  assertEquals(identityOf(acted), `"${ACCOUNT}" (acted as by ${ACCOUNT}, credentialsFile)`);
});

Deno.test("findCredential() renews a token once for all who wait, and replaces one that is refused", async () => {
  await using google = new GoogleTokens();
  const clock = new FakeClock();
  google.files.set("/k", JSON.stringify(google.login()));
  const found = find(google, { credentialsFile: "/k" }, {}, { clock });
  const get = async () => (await found.tokens.get()).token;
  assertEquals(await Promise.all([get(), get(), get()]), ["T1", "T1", "T1"]);
  await clock.advance(59.5 * 60_000);
  assertEquals(await Promise.all([get(), get()]), ["T2", "T2"]);
  const calls = [1, 2, 3].map(() => new BearerAuthorizer(found.tokens));
  await Promise.all(calls.map((call) => call.authorize(request)));
  const fault = new ServiceFault({ status: 401 });
  assertEquals(await Promise.all(calls.map((call) => call.correct(fault))), [true, true, true]);
  assertEquals([await get(), google.seen.length], ["T3", 3]);
});

Deno.test("findCredential() has no other token where the one that is given is refused", async () => {
  await using google = new GoogleTokens();
  const found = find(google, { accessToken: "given" });
  const call = new BearerAuthorizer(found.tokens);
  await call.authorize(request);
  assertEquals(await call.correct(new ServiceFault({ status: 401 })), false);
});

Deno.test("findCredential() shares what it finds with stores of the same identity alone", async () => {
  await using google = new GoogleTokens();
  const shared = new SharedTokens<GcsToken>();
  for (const path of ["/one", "/two"]) google.files.set(path, JSON.stringify(google.login()));
  const tokenOf = async (options: GcsOptions) =>
    (await find(google, options, {}, { shared }).tokens.get()).token;
  assertEquals(await tokenOf({ credentialsFile: "/one" }), "T1");
  assertEquals(await tokenOf({ credentialsFile: "/one" }), "T1");
  assertEquals(await tokenOf({ credentialsFile: "/two" }), "T2");
  assertEquals(await tokenOf({ credentialsFile: "/one", impersonateServiceAccount: ACCOUNT }), "A4");
});

Deno.test("findCredential() makes errors of the store of what is wrong", async () => {
  await using google = new GoogleTokens();
  const found = find(google, { credentialsFile: "/none" });
  const error = await assertRejects(async () => await found.tokens.get(), UnauthenticatedError);
  assertEquals(
    error.message,
    'Cannot open "gs://b": no credentials: the file of credentials "/none" (credentialsFile) is not there, or may not ' +
      "be read (--allow-read)",
  );
});

Deno.test("projectOf() finds the project of the file, of gcloud, of the machine, or the one that is charged", async () => {
  await using google = new GoogleTokens();
  const of = (file: object | undefined, env: Readonly<Record<string, string>> = {}) => {
    if (file) google.files.set("/k", JSON.stringify(file));
    return projectOf(find(google, file ? { credentialsFile: "/k" } : {}, env));
  };
  const gcloud = "/home/me/.config/gcloud";
  assertEquals(await of(undefined), "of-the-machine");
  assertEquals(await of(google.login({ quota_project_id: "pays" })), "pays");
  assertEquals(await of(google.login()), undefined);
  google.files.set(
    `${gcloud}/configurations/config_default`,
    "[core]\naccount = me@x\nproject = mine\n\n[other]\nproject = no",
  );
  google.files.set(
    `${gcloud}/configurations/config_work`,
    "[compute]\nproject = no\n[core]\nproject=of-work",
  );
  google.files.set(
    `${gcloud}/configurations/config_bare`,
    "[core]\naccount = me@x\n[compute]\nproject = no\n",
  );
  assertEquals(await of(google.login({ quota_project_id: "pays" })), "mine");
  google.files.set(`${gcloud}/active_config`, "work\n");
  assertEquals(await of(google.login()), "of-work");
  assertEquals(await of(google.login(), { CLOUDSDK_ACTIVE_CONFIG_NAME: "bare" }), undefined);
  assertEquals(await of(google.key()), "my-project");
});
