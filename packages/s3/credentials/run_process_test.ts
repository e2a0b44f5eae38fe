import { assertEquals, assertFalse, assertRejects, assertStringIncludes } from "@std/assert";
import { type Clock, UnauthenticatedError } from "@lade/core";
import { FakeClock } from "@lade/testing";
import { loadCredentials } from "../testing/credentials_world.ts";

const load = (command: string, clock: Clock = new FakeClock()) =>
  loadCredentials({
    files: { "/h/.aws/config": `[default]\ncredential_process = ${command}\n` },
    clock,
  });

const printing = (fields: Record<string, unknown>) =>
  `echo '${JSON.stringify({ Version: 1, AccessKeyId: "P", SecretAccessKey: "s", ...fields })}'`;

Deno.test("runProcess() takes the keys that the command prints", async () => {
  assertEquals(await load(printing({ SessionToken: "t # ; x", Expiration: "2999-01-01T00:00:00Z" })), {
    value: {
      accessKeyId: "P",
      secretAccessKey: "s",
      sessionToken: "t # ; x",
      expiration: new Date("2999-01-01T00:00:00Z"),
    },
    source: 'credential_process of profile "default" of ~/.aws/config',
  });
});

Deno.test("runProcess() tells command, exit code and words of one that fails", async () => {
  const error = await assertRejects(
    () => load('sh -c "echo token broker is down >&2; exit 3"'),
    UnauthenticatedError,
  );
  assertEquals(
    error.message,
    'Cannot open "s3://b": no credentials: credential_process "sh -c \\"echo token broker is down >&2; exit 3\\"" ' +
      'of profile "default" of ~/.aws/config failed with exit code 3: token broker is down',
  );
});

Deno.test("runProcess() tells what is wrong with what is printed, and never what that was", async () => {
  const cases: [command: string, said: string][] = [
    ["echo SECRET", "printed no JSON object"],
    ["true", "printed no JSON object"],
    [printing({ Version: 2, x: "SECRET" }), 'printed no "Version": 1'],
    [printing({ AccessKeyId: "", x: "SECRET" }), 'printed no "AccessKeyId"'],
    [printing({ SecretAccessKey: undefined, SessionToken: "SECRET" }), 'printed no "SecretAccessKey"'],
    [
      printing({ Expiration: "1969-01-01T00:00:00Z" }),
      "printed keys that have expired (1969-01-01T00:00:00.000Z)",
    ],
    [printing({ Expiration: "soon" }), 'printed an "Expiration" that is no time'],
    ["kill -TERM $$", "was ended by SIGTERM"],
    ["/no/such/program", "failed with exit code 127"],
    ["head -c 2000000 /dev/zero", "prints more than 1048576 bytes"],
    ["head -c 2000000 /dev/zero >&2", "prints more than 1048576 bytes"],
  ];
  for (const [command, said] of cases) {
    const { message } = await assertRejects(() => load(command), UnauthenticatedError);
    assertStringIncludes(message, said);
    assertFalse(/of profile .*SECRET/s.test(message), message);
  }
});

Deno.test("runProcess() shortens and escapes what the command says, and hides what follows a word like token", async () => {
  const long = "head -c 5000 /dev/zero | tr '\\0' 'x' >&2; exit 1";
  const { message } = await assertRejects(() => load(long), UnauthenticatedError);
  assertEquals(message.length < 600, true);
  const secret = "get --token hush --password='hush hush' X_SECRET=hush; printf '\\033[2J' >&2; exit 1";
  const told = await assertRejects(() => load(secret), UnauthenticatedError);
  assertFalse(told.message.includes("hush") || told.message.includes("\x1b"), told.message);
  assertStringIncludes(told.message, "--token ***");
});

Deno.test("runProcess() ends a command that is not done in two minutes", async () => {
  const fake = new FakeClock();
  const slept = Promise.withResolvers<number>();
  const clock: Clock = {
    now: () => fake.now(),
    monotonicMs: () => fake.monotonicMs(),
    sleep: (durationMs, signal) => {
      slept.resolve(durationMs);
      return fake.sleep(durationMs, signal);
    },
  };
  const failed = assertRejects(
    () => load("sleep 2 & wait", clock),
    UnauthenticatedError,
    "is not done after 120 s",
  );
  assertEquals(await slept.promise, 120_000);
  await fake.advance(120_000);
  await failed;
});
