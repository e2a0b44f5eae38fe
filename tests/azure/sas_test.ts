import {
  BlobSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { assertEquals } from "@std/assert";
import { seededRandom } from "@lade/testing";
import { Base64Signer } from "../../packages/azure/credentials/shared_key.ts";
import { signSas } from "../../packages/azure/presign/sas.ts";

const KEY = btoa("a key of some sixty-four bytes, as those of the service have them");
const GRANTS = 1_000;

Deno.test("signatures of URLs are those that the SDK makes, by a key and by an identity", () => {
  const seed = Date.now() % 2 ** 31;
  const random = seededRandom(seed);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T;
  const credential = new StorageSharedKeyCredential("acct", KEY);
  const signer = new Base64Signer(KEY);
  for (let i = 0; i < GRANTS; i++) {
    const key = Array.from({ length: 1 + Math.floor(random() * 20) }, () => pick([..."abc/ %+&=?#~äß漢😀"]))
      .join("");
    const permissions = pick(["r", "cw", "d"]);
    const expiresOn = new Date(Date.UTC(2030, 0, 1) + Math.floor(random() * 1e6) * 1000);
    const values = {
      containerName: "container",
      blobName: key,
      permissions: BlobSASPermissions.parse(permissions),
      expiresOn,
      protocol: "https" as never,
      version: "2022-11-02",
    };
    const ours = {
      account: "acct",
      container: "container",
      key,
      permissions,
      expiresMs: +expiresOn,
      secure: true,
    };
    const theirs = new URLSearchParams(generateBlobSASQueryParameters(values, credential).toString());
    const compare = (query: string, other: URLSearchParams) => {
      const sorted = (all: URLSearchParams) => [...all].sort(([a], [b]) => a < b ? -1 : 1);
      assertEquals(sorted(new URLSearchParams(query)), sorted(other), `seed ${seed}, grant ${i}: ${key}`);
    };
    compare(signSas(ours, signer), theirs);

    const delegation = {
      signedObjectId: crypto.randomUUID(),
      signedTenantId: crypto.randomUUID(),
      signedStartsOn: new Date("2030-01-01T00:00:00Z"),
      signedExpiresOn: new Date("2030-01-02T00:00:00Z"),
      signedService: "b",
      signedVersion: "2022-11-02",
      value: KEY,
    };
    const by = {
      signer,
      expiresMs: Infinity,
      fields: [
        delegation.signedObjectId,
        delegation.signedTenantId,
        "2030-01-01T00:00:00Z",
        "2030-01-02T00:00:00Z",
        "b",
        "2022-11-02",
      ],
    } as const;
    const named = generateBlobSASQueryParameters(values, delegation as never, "acct").toString();
    compare(signSas(ours, by), new URLSearchParams(named));
  }
});
