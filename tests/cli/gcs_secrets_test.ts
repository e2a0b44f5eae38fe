import { assert, assertEquals, assertFalse } from "@std/assert";
import { type FakeGcs, startFakeGcs } from "../fakes/gcs/mod.ts";
import { GcsHere } from "./gcs_here.ts";
import { runLade } from "./run_lade.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const SECRET = "Hunter2Zz9";

/** Command lines, some of which fail. */
const LINES = [
  "ls gs://",
  "ls -r gs://photos",
  "ls --versions gs://photos/key",
  "stat gs://photos/key",
  "du gs://photos",
  "cat gs://photos/key",
  "cat gs://photos/away",
  "cat gs://away/key",
  "get gs://photos/key OUT",
  "put FILE gs://photos/new",
  "put -r DIR gs://photos/dir/",
  "put -n LARGE gs://photos/large",
  "put - gs://photos/-",
  "cp gs://photos/key gs://photos/copy",
  "cp -r gs://photos/dir/ gs://other/",
  "mv gs://photos/copy gs://other/moved",
  "mv gs://other/moved OUT2",
  "rm gs://photos/new",
  "rm -r gs://photos/dir/",
  "mb gs://made",
  "rb gs://made",
  "rb gs://other",
  "rb -f gs://other",
  "doctor gs://photos",
  "presign gs://photos/key",
];

/** How they are run: plainly, with all that is told, as JSON, and with progress on a terminal. */
const WAYS = [
  { flags: [] },
  { flags: ["-vv"] },
  { flags: ["--json", "-v"] },
  { flags: ["--progress=plain", "-vv"], tty: true },
] as const;

/** All that nobody may see: tokens, and by whose session an upload goes on. */
function secretsOf(fake: FakeGcs): string[] {
  return [...fake.tokens.issued.keys(), ...fake.sessions.keys()];
}

for (const broken of [false, true]) {
  Deno.test(`no command shows a token or a session of gs://${broken ? ", where connections break" : ""}`, async () => {
    const fake = await startFakeGcs({ buckets: ["photos"] });
    const gs = { threshold: 1000, chunkSize: 2 ** 18, ...broken && { maxAttempts: 1 } };
    await using here = GcsHere.of(fake, { gs });
    if (broken) {
      for (const how of ["rst", "fin"] as const) {
        const match = { nth: how === "rst" ? 2 : 3, times: 20, probability: 0.3, seed: 7 };
        fake.faults.add({ match, action: { kind: "cut", afterBytes: 0, how } });
      }
    }
    const files = { FILE: "small", LARGE: "l".repeat(600_000), "DIR/a": "1", "DIR/b/c": "2" };
    await using directory = await TemporaryDirectory.make(files);
    let done = 0;
    for (const { flags, ...terminal } of broken ? WAYS.slice(1, 2) : WAYS) {
      fake.putObject("photos", "key", "content");
      if (!fake.buckets.has("other")) fake.createBucket("other");
      for (const line of LINES) {
        const args = line.split(" ").map((word) =>
          /^(?:FILE|LARGE|DIR|OUT)/.test(word) ? `${directory.path}/${word}` : word
        );
        const { code, stdout, stderr } = await here.run([...flags, ...args], { stdin: ["in"], ...terminal });
        if (code === 0) done++;
        for (const secret of secretsOf(fake)) {
          const shown = `lade ${[...flags, ...args].join(" ")}: ${stdout}${stderr}`;
          assertFalse((stdout + stderr).includes(secret), shown);
        }
      }
    }
    assert(fake.sessions.size > 0);
    // Nothing is shown where nothing is done, either.
    assert(done > (broken ? 0 : LINES.length), `${done}`);
  });
}

Deno.test("no command repeats a secret of the variables of gs://, whatever is wrong with them", async () => {
  await using fake = await startFakeGcs({ buckets: ["photos"] });
  const key = (fields: object) =>
    JSON.stringify({ type: "service_account", client_email: "a@b.example", ...fields });
  await using directory = await TemporaryDirectory.make({
    "secret.json": key({ private_key: SECRET, token_uri: `${fake.url}/token` }),
    "broken.json": `{"type":"authorized_user","refresh_token":"${SECRET}"`,
    "login.json": JSON.stringify({
      type: "authorized_user",
      client_id: "c",
      client_secret: SECRET,
      refresh_token: SECRET,
      token_uri: `${fake.url}/token`,
    }),
    "other.json": JSON.stringify({ type: "other", private_key: SECRET }),
    "text.json": SECRET,
    token: SECRET,
  });
  const endpoint = ["--gcs-endpoint", fake.url];
  const file = (name: string) => [...endpoint, "--config", `gs.credentialsFile=${directory.path}/${name}`];
  const worlds: readonly (readonly [args: readonly string[], env: Record<string, string>])[] = [
    [[...endpoint, "--config", "gs.accessToken=@token"], {}],
    [file("secret.json"), {}],
    [file("broken.json"), {}],
    [file("login.json"), {}],
    [file("other.json"), {}],
    [file("text.json"), {}],
    [[], { CLOUDSDK_AUTH_ACCESS_TOKEN: `${SECRET} x` }],
    [[], { GOOGLE_OAUTH_ACCESS_TOKEN: `${SECRET}\u00e9` }],
    [[], { GCS_ENDPOINT_URL: `https://user:${SECRET}@host.invalid` }],
    [[], { STORAGE_EMULATOR_HOST: `user:${SECRET}@host.invalid` }],
  ];
  const options = {
    cwd: directory.path,
    permissions: [`--allow-net=127.0.0.1:${fake.port}`, "--allow-env", "--allow-sys=osRelease"],
  };
  await Promise.all(worlds.map(async ([args, env], at) => {
    for (const command of at < 3 ? ["ls", "doctor"] : ["ls"]) {
      const { code, stdout, stderr } = await runLade([command, "-vv", "gs://photos", ...args], {
        ...options,
        env,
      });
      const world = `${command} ${JSON.stringify([args, env])}: ${stdout}${stderr}`;
      assertFalse((stdout + stderr).includes(SECRET), world);
      assertEquals(code === 0, false, world);
    }
  }));
});
