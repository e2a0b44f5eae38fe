import { assertEquals, assertStringIncludes } from "@std/assert";
import { startFakeGcs } from "../fakes/gcs/mod.ts";
import { GcsHere } from "./gcs_here.ts";
import { CliHere } from "./run_here.ts";
import { runLade } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const NO_PROJECT = "no project is known, and buckets belong to one; " +
  "set it by --project ID, the option project, or GOOGLE_CLOUD_PROJECT";

Deno.test("lade ls gs:// lists the buckets of the project", async () => {
  await using cli = await GcsHere.start();
  const { fake } = cli;
  fake.createBucket("films");
  fake.createBucket("theirs", { project: "other" });
  for (const uri of ["gs://", "gcs://"]) {
    assertEquals(
      await cli.run(["ls", uri]),
      { code: 0, stdout: "gs://films\ngs://photos\n", stderr: "" },
      uri,
    );
  }
  const json = await cli.run(["ls", "--json", "gs://"]);
  assertEquals(json.stdout.trim().split("\n").map((line) => JSON.parse(line).uri), [
    "gs://films",
    "gs://photos",
  ]);
});

Deno.test("lade mb and lade rb make and remove buckets, however their URIs are written", async () => {
  await using cli = await GcsHere.start({ gs: { location: "EUROPE-WEST3", storageClass: "NEARLINE" } });
  const { fake } = cli;
  const forms = [
    "gs://new-1",
    "gcs://new-2/",
    `${fake.url}/new-3`,
    `${fake.url}/storage/v1/b/new-4`,
  ];
  for (const [at, form] of forms.entries()) {
    const made = await cli.run(["mb", form]);
    assertEquals([made.stdout, made.stderr], [`mb gs://new-${at + 1}\n`, ""], form);
    const again = await cli.run(["mb", form]);
    assertStringIncludes(again.stderr, "the bucket exists and is yours", form);
  }
  const { settings: { location, project, storageClass } } = fake.bucket("new-1");
  assertEquals([project, location, storageClass], ["project", "EUROPE-WEST3", "NEARLINE"]);
  fake.putObject("new-2", "a", "1");
  const full = await cli.run(["rb", "gs://new-2"]);
  assertEquals([full.code, full.stderr.includes("-f")], [1, true], full.stderr);
  assertEquals((await cli.run(["rb", "-f", ...forms])).stderr, "");
  assertEquals([...fake.buckets.keys()], ["photos"]);
});

Deno.test("lade ls gs:// and mb without a project say what to set, by each of which they work", async () => {
  await using fake = await startFakeGcs({ buckets: ["photos"] });
  await using directory = await TemporaryDirectory.make({ token: fake.issueToken() });
  const options = {
    cwd: directory.path,
    permissions: [`--allow-net=127.0.0.1:${fake.port}`, "--allow-env", "--allow-read", "--allow-sys"],
  };
  const config = ["--gcs-endpoint", fake.url, "--config", "gs.accessToken=@token"];
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    runLade([...args, ...config], { ...options, env });
  for (const args of [["ls", "gs://"], ["mb", "gs://new"]]) {
    const { code, stderr } = await run(args);
    assertEquals([code, stderr.trimEnd()], [
      1,
      `lade: Cannot ${args[0] === "ls" ? "list" : "create"} "${args[1]}": ${NO_PROJECT}`,
    ]);
  }
  assertEquals(fake.requests, []);
  assertEquals((await run(["ls", "gs://", "--project", "project"])).stdout, "gs://photos\n");
  assertEquals((await run(["ls", "gs://", "--config", "gs.project=project"])).stdout, "gs://photos\n");
  for (const name of ["GOOGLE_CLOUD_PROJECT", "GCLOUD_PROJECT", "CLOUDSDK_CORE_PROJECT"]) {
    assertEquals((await run(["ls", "gs://"], { [name]: "project" })).stdout, "gs://photos\n", name);
  }
  // The option comes before the environment.
  fake.createBucket("theirs", { project: "other" });
  const other = ["--project", "other"];
  assertEquals(
    (await run(["ls", "gs://", ...other], { GOOGLE_CLOUD_PROJECT: "project" })).stdout,
    "gs://theirs\n",
  );
  assertEquals((await run(["mb", "gs://made", ...other])).stderr, "");
  assertEquals(fake.bucket("made").settings.project, "other");
  // What is done with a bucket asks for none.
  assertEquals((await run(["rb", "gs://photos"])).stderr, "");
});

Deno.test("lade takes an emulator, a token and who pays from options and the environment, and tells from where", async () => {
  await using fake = await startFakeGcs({ buckets: ["photos"], settings: { requesterPays: true } });
  fake.putObject("photos", "a", "1");
  const token = fake.issueToken();
  await using directory = await TemporaryDirectory.make({ token });
  const options = {
    cwd: directory.path,
    permissions: [
      `--allow-net=127.0.0.1:${fake.port}`,
      "--allow-env=GOOGLE_*,GCS_*,STORAGE_*,CLOUDSDK_*,LADE_*",
      "--allow-read=.",
    ],
  };
  const run = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    runLade(["-v", "cat", "gs://photos/a", "--config", "gs.accessToken=@token", ...args], {
      ...options,
      env,
    });
  const host = new URL(fake.url).host;
  const cases: readonly (readonly [args: string[], env: Record<string, string>, said: string[]])[] = [
    [["--billing-project", "payer"], { STORAGE_EMULATOR_HOST: host }, [
      "STORAGE_EMULATOR_HOST",
      "--billing-project",
    ]],
    [[], { GCS_ENDPOINT_URL: `${fake.url}/storage/v1/`, GOOGLE_CLOUD_QUOTA_PROJECT: "payer" }, [
      "GCS_ENDPOINT_URL",
      "GOOGLE_CLOUD_QUOTA_PROJECT",
    ]],
    [["--gcs-endpoint", fake.url, "--config", "gs://photos/=userProject=payer"], {}, [
      "--gcs-endpoint",
      "userProject",
    ]],
  ];
  for (const [args, env, said] of cases) {
    const { code, stdout, stderr } = await run(args, env);
    assertEquals([code, stdout], [0, "1"], stderr);
    for (const each of said) assertStringIncludes(stderr, each);
    assertEquals(stderr.includes(token), false);
    const { path, headers } = fake.requests.at(-1) ?? {};
    assertEquals([path, headers?.["x-goog-user-project"]], ["/photos/a", "payer"]);
  }
  const both = await run(["--no-sign-request"], { STORAGE_EMULATOR_HOST: host });
  assertStringIncludes(
    both.stderr,
    "anonymous (--no-sign-request) and accessToken (--config) exclude each other",
  );
  const nobody = await run([], { STORAGE_EMULATOR_HOST: host });
  assertStringIncludes(
    nobody.stderr,
    "the bucket is Requester Pays: who reads it pays; name a project of yours",
  );
});

Deno.test("lade gives an emulator no credentials that are for Google", async () => {
  await using fake = await startFakeGcs({ buckets: ["photos"], allowsAnonymous: true });
  fake.putObject("photos", "a", "1");
  await using directory = await TemporaryDirectory.make();
  const { code, stdout, stderr } = await runLade(["cat", "gs://photos/a"], {
    cwd: directory.path,
    permissions: [`--allow-net=127.0.0.1:${fake.port}`, "--allow-env"],
    env: {
      STORAGE_EMULATOR_HOST: new URL(fake.url).host,
      GOOGLE_APPLICATION_CREDENTIALS: "/nothing/here.json",
      CLOUDSDK_AUTH_ACCESS_TOKEN: "secret",
    },
  });
  assertEquals([code, stdout, stderr], [0, "1", ""]);
  assertEquals(fake.requests.filter(({ headers }) => headers["authorization"] !== undefined), []);
});

Deno.test("lade says how a URI of gs:// that is written otherwise is written, and which rule a name breaks", async () => {
  await using cli = new CliHere();
  const cases: readonly (readonly [args: readonly string[], said: string])[] = [
    [["cat", "gs:/photos/a"], 'write "gs://photos/a"'],
    [["cat", "gs:///a"], "the URI names no bucket"],
    [["cat", "gs://Photos/a"], "names of buckets have no upper-case letters"],
    [
      ["mb", "--project", "p", "gs://my_google"],
      'names of new buckets have neither "google" in them nor what looks like it',
    ],
    [["put", "-", "gs://photos/.."], 'the key is ".."'],
    [["cat", "https://storage.googleapis.com/photos/a?X-Goog-Signature=abc"], "it is a presigned URL"],
  ];
  for (const [args, said] of cases) {
    const { code, stderr } = await cli.run(args, { stdin: [""] });
    assertEquals(code === 0, false, args.join(" "));
    assertStringIncludes(stderr.replace(/\s+/g, " "), said);
  }
});

Deno.test("lade rb -f removes what a bucket holds, and leaves one with older versions alone without --versions", async () => {
  await using cli = await GcsHere.start();
  const { fake } = cli;
  fake.putObject("photos", "a", "1");
  assertEquals(await cli.run(["rb", "-q", "-f", "gs://photos"]), { code: 0, stdout: "", stderr: "" });
  fake.createBucket("kept", { versioning: true });
  fake.putObject("kept", "a", "1");
  fake.putObject("kept", "a", "2");
  const refused = await cli.run(["rb", "-f", "gs://kept"]);
  assertEquals([refused.code, cli.texts("kept")], [1, { a: "2" }]);
  assertStringIncludes(
    refused.stderr,
    "it keeps versions, which stay when its objects are removed; add -f --versions",
  );
  assertEquals((await cli.run(["rb", "-f", "--versions", "gs://kept"])).stderr, "");
  assertEquals([...fake.buckets.keys()], []);
});

Deno.test("lade takes no document of another interface for an empty project, or for a bucket that is made or removed", async () => {
  await using cli = await GcsHere.start();
  cli.fake.faults.add({
    match: { times: Infinity },
    action: {
      kind: "answer",
      status: 200,
      headers: { "content-type": "application/json", "x-guploader-uploadid": "x" },
      body: '{"kind":"drive#about","items":[]}',
    },
  });
  for (const line of [["ls", "gs://"], ["mb", "gs://new-bucket"], ["rb", "gs://photos"]]) {
    const { code, stderr, stdout } = await cli.run(line);
    assertEquals([code, stdout, stderr.includes("the answer is not that of Google Cloud Storage")], [
      1,
      "",
      true,
    ]);
  }
});
