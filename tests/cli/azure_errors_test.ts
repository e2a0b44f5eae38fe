import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { type FakeAzure, startFakeAzure } from "../fakes/azure/mod.ts";
import { AzureHere } from "./azure_here.ts";
import { TemporaryDirectory } from "./temporary_directory.ts";

const LEASE = "11111111-2222-3333-4444-555555555555";

/** Somebody who asks. */
type Asker = (fake: FakeAzure) => Record<string, unknown>;

const byKey: Asker = (fake) => ({ accountKey: fake.account.keys[0] });
const bySas = (...given: Parameters<FakeAzure["accountSas"]>): Asker => (fake) => ({
  sasToken: fake.accountSas(...given),
});
const byEntra = (secret = "secret"): Asker => (fake) => ({
  tenantId: fake.tokens.tenantId,
  clientId: "client",
  clientSecret: secret,
  authorityHost: fake.url,
});
const wrongKey: Asker = () => ({ accountKey: btoa("another key") });
const nobody: Asker = () => ({ anonymous: true });

/** A command that fails, who gives it, how the account is, and what the one message says. */
interface Failure {
  readonly line: string;
  readonly says: string | RegExp;
  readonly asker?: Asker;
  readonly account?: Partial<FakeAzure["account"]>;
}

const NEW_SAS = "have another one made, in the portal or by az storage container generate-sas";
const LEASED =
  "it is leased, and only who holds the lease can change it; wait until it ends, or break the lease";
const HELD =
  "an immutability policy or a legal hold protects it; wait until that ends, or write under another key";
const ARCHIVED =
  "the object is in the archive tier; rehydrate it: set its tier to Hot, Cool or Cold, once, and wait up to 15 hours";
const NO_KEYS =
  "the account takes no keys, nor what they signed; sign in with Entra ID (az login, a managed identity)";

const FAILURES: readonly Failure[] = [
  // Names.
  {
    line: "ls az://nothere",
    says: /no such container at 127\.0\.0\.1:\d+; check its name and the account's, or make it first$/,
  },
  { line: "cat az://nothere/key", says: /no such container at / },
  { line: "put FILE az://nothere/key", says: /no such container at / },
  { line: "rm az://nothere/key", says: /no such container at / },
  { line: "rb az://nothere", says: /no such container at / },
  { line: "cat az://photos/nothere", says: "no such object" },
  { line: "rm az://photos/nothere", says: "no such object" },
  {
    line: "cat az://photos/key?sv=2024-01-01&sig=c2VjcmV0",
    says: /only an https:\/\/ URL may; give it as sasToken$/,
  },
  {
    line: "cat --version 2020-01-01T00:00:00.0000000Z az://photos/key",
    says: "no such version of the object",
  },
  { line: "cat --version nonsense az://photos/key", says: "no such version of the object" },
  { line: "mb az://Photos_2", says: "use 3 to 63 lower-case letters, digits and single hyphens" },
  { line: "mb az://photos", says: "the container exists already" },
  { line: "put FILE az://photos/x.", says: "which the service leaves out" },
  {
    line: "put --metadata a-b=c FILE az://photos/x",
    says: "the name is no identifier of letters, digits and",
  },
  {
    line: "put --storage-class Frozen FILE az://photos/x",
    says: "name Hot, Cool, Cold or Archive as the storage class",
  },
  // What the account or its owner does.
  { line: "put FILE az://photos/leased", says: LEASED },
  { line: "rm az://photos/leased", says: LEASED },
  { line: "rb az://leased", says: LEASED },
  { line: "put FILE az://held/key", says: HELD },
  { line: "rm az://held/key", says: HELD },
  { line: "cat az://photos/archived", says: ARCHIVED },
  {
    line: "cp az://photos/archived az://empty/",
    says: /^lade: Cannot copy "az:\/\/.*\/photos\/archived": the object is in/,
  },
  {
    line: "mv az://photos/leased az://empty/",
    says: /the copy "az:.*\/empty\/leased" was made, and the source stays; wait/,
  },
  {
    line: "rm az://photos/pictured",
    says: "the object has snapshots, which would go with it; delete them first",
  },
  {
    line: "ls az://photos",
    says: "the account's firewall may not know this network: allow its address",
    account: { isShutOut: true },
  },
  {
    line: "ls az://photos",
    says: "it is disabled; ask its owner: an unpaid subscription is a reason",
    account: { isDisabled: true },
  },
  { line: "ls az://photos", says: NO_KEYS, account: { allowsKeys: false } },
  { line: "cat az://photos/key", says: NO_KEYS, account: { allowsKeys: false }, asker: bySas() },
  // Keys.
  { line: "cat az://photos/key", says: "check the key, and that it is one of this account", asker: wrongKey },
  { line: "ls az://", says: "check the key, and that it is one of this account", asker: wrongKey },
  { line: "mb az://new", says: "check the key, and that it is one of this account", asker: wrongKey },
  { line: "stat az://photos/key", says: "check that it is of this account, and the clock", asker: wrongKey },
  // Signatures.
  {
    line: "cat az://photos/key",
    says: /expired 2 h ago \(.*\); have another/,
    asker: bySas("r", { lastsMs: -7_200_000 }),
  },
  { line: "ls az://photos", says: `it has sp=r, and l is needed; ${NEW_SAS}`, asker: bySas("r") },
  { line: "put FILE az://photos/key", says: `it has sp=rl, and w is needed; ${NEW_SAS}`, asker: bySas("rl") },
  { line: "put FILE az://photos/key", says: "it has sp=c, and w is needed", asker: bySas("c") },
  { line: "put -n FILE az://photos/new", says: "it has sp=rl, and c or w is needed", asker: bySas("rl") },
  {
    line: "ls az://",
    says: "is for containers and objects alone, not for the account",
    asker: bySas("rl", { resourceTypes: "co" }),
  },
  {
    line: "ls az://photos",
    says: "is for objects alone, not for the container",
    asker: bySas("rl", { resourceTypes: "o" }),
  },
  {
    line: "presign az://photos/key",
    says: "a shared access signature signs no URLs; open the container with a key",
    asker: bySas(),
  },
  {
    line: "cat az://photos/key",
    says: "does not fit; it is for another place or account, was changed, or its key was",
    asker: bySas("r", { key: btoa("another key") }),
  },
  // Identities.
  {
    line: "cat az://photos/key",
    says: "AADSTS7000215: Invalid client secret provided",
    asker: byEntra("wrong"),
  },
  // Nobody.
  {
    line: "cat az://photos/key",
    says: "give a key, a SAS or a connection string, or sign in (az login)",
    asker: nobody,
  },
  {
    line: "cat az://public/key",
    says: "the account permits no public access; give credentials",
    asker: nobody,
    account: { allowsPublicAccess: false },
  },
];

/** A world in which all of them fail. */
async function start(asker: Asker, account: Failure["account"] = {}): Promise<AzureHere> {
  const fake = await startFakeAzure({
    containers: ["photos", "held", "empty", "leased", "public"],
    settings: account,
  });
  for (
    const [container, key] of [["photos", "key"], ["photos", "leased"], ["held", "key"], [
      "public",
      "key",
    ]] as const
  ) {
    fake.putBlob(container, key, "content");
  }
  fake.putBlob("photos", "archived", "content", { tier: "Archive" });
  const pictured = fake.putBlob("photos", "pictured", "content");
  fake.container("photos").makeEntry("pictured").older.push({
    ...pictured,
    snapshot: "2026-01-01T00:00:00.0000000Z",
  });
  fake.container("photos").makeEntry("leased").lease.acquire(LEASE, Infinity, fake.clock());
  fake.container("leased").lease.acquire(LEASE, Infinity, fake.clock());
  fake.container("held").legalHold = true;
  fake.container("public").publicAccess = "blob";
  return AzureHere.of(fake, {
    az: { connectionString: undefined, endpoint: fake.endpoint(), ...asker(fake) },
  });
}

for (const { line, says, asker = byKey, account } of FAILURES) {
  Deno.test(`lade ${line} says ${says}`, async () => {
    await using here = await start(asker, account);
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
