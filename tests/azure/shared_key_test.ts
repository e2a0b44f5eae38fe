import { StorageSharedKeyCredential } from "@azure/storage-blob";
import { assertEquals } from "@std/assert";
import { encodePath, encodeStrict } from "@lade/service/http";
import { seededRandom } from "@lade/testing";
import { authorizerOf } from "../../packages/azure/credentials/authorizer_of.ts";
import { FakeClock } from "@lade/testing";

const KEY = btoa("a key of some sixty-four bytes, as those of the service have them");
const REQUESTS = 5_000;

/** Headers as the SDK has them. */
class SdkHeaders {
  readonly map = new Map<string, string>();
  set = (name: string, value: string | number) => void this.map.set(name.toLowerCase(), String(value));
  get = (name: string) => this.map.get(name.toLowerCase());
  headersArray = () => [...this.map].map(([name, value]) => ({ name, value }));
}

Deno.test("a shared key signs as the SDK does, whatever the request", async () => {
  const seed = Date.now() % 2 ** 31;
  const random = seededRandom(seed);
  const below = (end: number) => Math.floor(random() * end);
  const pick = <T>(all: readonly T[]): T => all[below(all.length)] as T;
  const text = (letters: readonly string[], most: number) =>
    Array.from({ length: 1 + below(most) }, () => pick(letters)).join("");
  const CHARS = [..."abcxyz019_-~. +%&=?#/äß漢😀\u00e9"];
  const NAME = [..."abcxyz019_"];
  const sdk = new StorageSharedKeyCredential("devstoreaccount1", KEY);
  const clock = new FakeClock();
  const authorizer = authorizerOf({ kind: "sharedKey", account: "devstoreaccount1", key: KEY }, { clock });

  for (let i = 0; i < REQUESTS; i++) {
    const key = text(CHARS, 20);
    const isDots = key.split("/").some((segment) => segment === "." || segment === "..");
    const path = `${pick(["", "/devstoreaccount1"])}/${pick(["$root", "container"])}/${
      isDots ? "key" : encodePath(key)
    }`;
    const query = [...new Set(Array.from({ length: below(6) }, () => text(NAME, 6)))]
      .filter((name, at, all) => all.findIndex((other) => other.toLowerCase() === name.toLowerCase()) === at)
      .map((name) => `${pick([name, name.toUpperCase()])}=${encodeStrict(text(CHARS, 8))}`).join("&");
    const headers: Record<string, string> = {};
    for (const name of ["content-md5", "content-type", "if-match", "if-none-match", "range"]) {
      if (random() < 0.3) headers[name] = text(NAME, 12);
    }
    // The SDK signs the language before the encoding, and the reference has it the other way round.
    if (random() < 0.3) headers["content-encoding"] = headers["content-language"] = text(NAME, 12);
    for (let meta = below(8); meta > 0; meta--) {
      headers[`x-ms-${pick(["meta-", "", "blob-"])}${text(NAME, 5)}${pick(["", "-", "-a"])}`] =
        pick(["", " ", "\t"]) + text(NAME, 12);
    }
    const body = random() < 0.5 ? undefined : new Uint8Array(below(3) * below(1000));
    const request = {
      method: pick(["GET", "PUT", "HEAD", "DELETE", "POST"]),
      host: "h",
      path,
      query,
      headers,
      body,
    };
    const ours = new Map(await authorizer().authorize(request));

    const theirs = new SdkHeaders();
    for (const [name, value] of ours) if (name !== "authorization") theirs.set(name, value.trim());
    theirs.set("content-length", body?.length ?? 0);
    theirs.set = (name, value) =>
      name === "x-ms-date" ? undefined : void theirs.map.set(name.toLowerCase(), String(value));
    const url = `http://h${path}${query && `?${query}`}`;
    const next = { sendRequest: () => Promise.resolve({}) };
    const policy = sdk.create(next as never, {} as never);
    await policy.sendRequest({ method: request.method, url, headers: theirs } as never);
    assertEquals(
      ours.get("authorization"),
      theirs.get("authorization"),
      `seed ${seed}, request ${i}: ${url}`,
    );
  }
});
