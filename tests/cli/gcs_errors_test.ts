import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type FakeGcs, startFakeGcs } from "../fakes/gcs/mod.ts";
import { GcsHere } from "./gcs_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

/** Somebody who asks. */
type Asker = (fake: FakeGcs) => Record<string, unknown>;

const ME = "me@example.com";
const owner: Asker = () => ({});
const nobody: Asker = () => ({ accessToken: undefined, anonymous: true });
const may = (...permissions: string[]): Asker => (fake) => ({
  accessToken: fake.issueToken({
    email: ME,
    permissions: new Set(permissions.map((name) => `storage.${name}`)),
  }),
});
const withToken = (accessToken: string): Asker => () => ({ accessToken });
const expired: Asker = (fake) => ({ accessToken: fake.issueToken(undefined, -1) });

/** What the service answers to a request that it does not get to. */
interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** A command that fails, who gives it, what the service is up to, and what the one message says. */
interface Failure {
  readonly line: string;
  readonly says: string | RegExp;
  readonly asker?: Asker;
  readonly refusal?: Refusal;
}

const NO_BUCKET = /no such bucket at 127\.0\.0\.1:\d+; check its name, or make it first$/;
const AGAIN =
  "has expired, was revoked or is none; sign in again (gcloud auth application-default login), or give another token";
const lacks = (permission: string, role: string, where = "the bucket") =>
  `access denied to "${ME}", who lacks storage.${permission}; grant roles/storage.${role}, ` +
  `which has storage.${permission}, on ${where}; it takes a few minutes to hold`;
const OFF = "The billing account for the owning project is disabled in state closed";
const PROHIBITED = "Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: UID1";

const FAILURES: readonly Failure[] = [
  // Names.
  ...["ls", "cat", "put FILE", "rm", "stat"].map((command): Failure => ({
    line: `${command} gs://nothere${command === "ls" ? "" : "/key"}`,
    says: NO_BUCKET,
  })),
  { line: "rb gs://nothere", says: NO_BUCKET },
  { line: "cat gs://photos/nothere", says: "no such object" },
  { line: "rm gs://photos/nothere", says: "no such object" },
  { line: "cat --version 1 gs://photos/key", says: "no such version of the object" },
  { line: "mb gs://photos", says: "the bucket exists and is yours" },
  { line: "mb gs://taken", says: "the name is taken, maybe by another project" },
  { line: "mb gs://Photos", says: "names of buckets have no upper-case letters" },
  { line: "mb gs://goog-mine", says: 'names of new buckets do not begin with "goog"' },
  { line: "put FILE gs://photos/..", says: 'the key is ".."' },
  {
    line: "put --storage-class Frozen FILE gs://photos/x",
    says: "name STANDARD, NEARLINE, COLDLINE or ARCHIVE",
  },
  { line: "rb gs://photos", says: "it holds objects; add -f to remove them too" },
  // What the owner of the bucket does.
  ...["put FILE", "rm"].map((command): Failure => ({
    line: `${command} gs://photos/held`,
    says:
      /a hold protects the object: 403 .*; release it \(gcloud storage objects update --no-event-based-hold or --no-temporary-hold\), or write under another key$/,
  })),
  ...["put FILE", "rm"].map((command): Failure => ({
    line: `${command} gs://photos/kept`,
    says: /it is to be kept for longer: 403 .* until 2999-.*; wait until then, or write under another key$/,
  })),
  {
    line: "cat gs://payers/key",
    says:
      "the bucket is Requester Pays: who reads it pays; name a project of yours: --billing-project ID, userProject",
  },
  {
    line: "ls gs://photos",
    says: `billing is off: 403 accountDisabled: ${OFF}`,
    refusal: { status: 403, code: "accountDisabled", message: OFF },
  },
  {
    line: "cat gs://photos/key",
    says: `out from here: 403 AccessDenied: Access denied. ${PROHIBITED}`,
    refusal: { status: 403, code: "forbidden", message: PROHIBITED },
  },
  {
    line: "mb gs://new",
    says: "there is no such project; check it: --project, GOOGLE_CLOUD_PROJECT",
    refusal: { status: 400, code: "invalid", message: "Unknown project id: project" },
  },
  // Who asks.
  { line: "cat gs://photos/key", says: AGAIN, asker: expired },
  { line: "ls gs://photos", says: AGAIN, asker: withToken("ya29.nonsense") },
  { line: "ls gs://", says: AGAIN, asker: expired },
  { line: "put FILE gs://photos/key", says: AGAIN, asker: expired },
  {
    line: "cat gs://photos/key",
    says: "nobody is signed in, and storage.objects.get is not for everybody; name credentials by an option",
    asker: nobody,
  },
  {
    line: "ls gs://photos",
    says: "nobody is signed in, and storage.objects.list is not for everybody; name credentials by an option",
    asker: nobody,
  },
  // What they may do.
  { line: "cat gs://photos/key", says: lacks("objects.get", "objectViewer"), asker: may() },
  { line: "ls gs://photos", says: lacks("objects.list", "objectViewer"), asker: may("objects.get") },
  {
    line: "put FILE gs://photos/new",
    says: lacks("objects.create", "objectCreator"),
    asker: may("objects.get"),
  },
  {
    line: "put FILE gs://photos/key",
    says: lacks("objects.delete", "objectUser"),
    asker: may("objects.create"),
  },
  {
    line: "rm gs://photos/key",
    says: lacks("objects.delete", "objectUser"),
    asker: may("objects.get", "objects.list"),
  },
  {
    line: "ls gs://",
    says: lacks("buckets.list", "bucketViewer", "the project, and check that it is the right one"),
    asker: may(),
  },
  {
    line: "mb gs://new",
    says: lacks("buckets.create", "admin", "the project, and check that it is the right one"),
    asker: may(),
  },
  { line: "rb gs://empty", says: lacks("buckets.delete", "admin"), asker: may("objects.list") },
];

/** A world in which all of them fail. */
async function start(asker: Asker, refusal: Refusal | undefined): Promise<GcsHere> {
  const fake = await startFakeGcs({ buckets: ["photos", "empty"] });
  fake.createBucket("taken", { project: "another" });
  fake.createBucket("payers", { requesterPays: true });
  for (const [bucket, key] of [["photos", "key"], ["payers", "key"]] as const) {
    fake.putObject(bucket, key, "content");
  }
  fake.putObject("photos", "held", "content", { temporaryHold: true });
  fake.putObject("photos", "kept", "content", {
    retention: { mode: "Locked", retainUntilTime: "2999-01-01T00:00:00Z" },
  });
  if (refusal) fake.faults.add({ match: { times: Infinity }, action: { kind: "status", ...refusal } });
  return GcsHere.of(fake, { gs: asker(fake) });
}

for (const { line, says, asker = owner, refusal } of FAILURES) {
  Deno.test(`lade ${line} says ${says}`, async () => {
    await using here = await start(asker, refusal);
    await using directory = await TemporaryDirectory.make({ FILE: "new" });
    const args = line.split(" ").map((word) => word === "FILE" ? `${directory.path}/FILE` : word);
    const plain = await here.run(args);
    assertEquals([plain.code, plain.stdout], [1, ""], plain.stderr);
    // One message, which can be acted on.
    const [message = "", ...others] = plain.stderr.trimEnd().split("\n");
    assertEquals(others, []);
    assert(message.startsWith("lade: Cannot "), message);
    if (typeof says === "string") assertStringIncludes(message, says);
    else assertMatch(message, says);
    const json = await here.run(["--json", ...args]);
    const told = JSON.parse(json.stderr);
    assertEquals([json.code, json.stdout, told.type], [1, "", "error"]);
    assert(message.includes(told.advice ?? told.detail ?? told.message), json.stderr);
  });
}
