import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { InvalidNameError } from "@lade/core/errors";
import type { BackendConfig } from "@lade/core/settings";
import { checkNewBucket, formatGcsUri, parseGcsUri } from "./gcs_location.ts";
import { gcsUrls } from "./gcs_urls.ts";

Deno.test("parseGcsUri() takes gs:// and gcs://, decodes nothing, and formatGcsUri() gives it back", () => {
  const cases: readonly (readonly [uri: string, container: string, key: string])[] = [
    ["gs://photos/a/b.jpg", "photos", "a/b.jpg"],
    ["GCS://photos/a/b.jpg", "photos", "a/b.jpg"],
    ["gs://photos", "photos", ""],
    ["gs://photos/", "photos", ""],
    ["gs://photos//a%20b?c#1", "photos", "/a%20b?c#1"],
    ["gs://google-cloud-sdk/a", "google-cloud-sdk", "a"],
  ];
  for (const [uri, container, key] of cases) {
    const location = parseGcsUri(uri);
    assertEquals(location, { container, key });
    assertEquals(parseGcsUri(formatGcsUri(location)), location);
  }
});

Deno.test("parseGcsUri() refuses names that cannot be, with the rule", () => {
  const cases: readonly (readonly [uri: string, detail: string])[] = [
    ["gs://", "names no bucket"],
    ["gs:///a", "names no bucket"],
    ["gs://Photos/a", "no upper-case letters"],
    ["gs://photos/..", 'the key is ".."'],
    ["gs://photos/a\nb", "line break"],
    ["s3://photos/a", 'the scheme is "s3", not "gs"'],
  ];
  for (const [uri, detail] of cases) assertThrows(() => parseGcsUri(uri), InvalidNameError, detail);
  const error = assertThrows(() => checkNewBucket("create", "goog-mine"), InvalidNameError);
  assertEquals(
    error.message,
    'Cannot create "gs://goog-mine": names of new buckets do not begin with "goog"',
  );
});

interface Given {
  readonly env?: Readonly<Record<string, string>>;
  readonly config?: (uri: string) => BackendConfig | undefined;
}

async function claim(text: string, { env = {}, config }: Given = {}) {
  const [, scheme, host = "", path = "", query] = /^(https?):\/\/([^/?]*)([^?]*)(?:\?(.*))?$/.exec(text) ??
    [];
  const url = { text: `${scheme}://${host}${path}`, secure: scheme === "https", host, path };
  return await gcsUrls({ env: (name) => env[name] }).claim(
    query === undefined ? url : { ...url, query },
    config ?? (() => undefined),
  );
}

Deno.test("gcsUrls() claims Google's URLs of both APIs, and decodes their names once", async () => {
  const cases: readonly (readonly [url: string, uri: string])[] = [
    ["https://storage.googleapis.com/photos/a%20b/%2541", "gs://photos/a b/%41"],
    ["https://storage.googleapis.com/photos", "gs://photos/"],
    ["https://storage.googleapis.com/photos//a", "gs://photos//a"],
    ["http://storage.googleapis.com/photos/a", "gs://photos/a"],
    ["https://photos.storage.googleapis.com/a/b", "gs://photos/a/b"],
    ["https://my.photos.example.storage.googleapis.com", "gs://my.photos.example/"],
    ["https://storage.cloud.google.com/photos/a", "gs://photos/a"],
    ["https://storage.googleapis.com/storage/v1/b/photos/o/a%2Fb%20c?alt=media", "gs://photos/a/b c"],
    ["https://storage.googleapis.com/download/storage/v1/b/photos/o/a?alt=media", "gs://photos/a"],
    ["https://storage.cloud.google.com/photos/a%20b?authuser=1", "gs://photos/a b"],
    ["https://www.googleapis.com/storage/v1/b/photos/o/a", "gs://photos/a"],
    ["https://storage.googleapis.com/storage/v1/b/photos", "gs://photos/"],
    ["https://storage.googleapis.com/storage/v1/b/photos/o", "gs://photos/"],
    ["https://storage.googleapis.com/storage/v2/x", "gs://storage/v2/x"],
  ];
  for (const [url, uri] of cases) assertEquals(await claim(url), { uri }, url);
});

Deno.test("gcsUrls() claims the URLs of an endpoint that is configured, and of no other host", async () => {
  const env = { STORAGE_EMULATOR_HOST: "127.0.0.1:4443" };
  assertEquals(await claim("http://127.0.0.1:4443/photos/a", { env }), { uri: "gs://photos/a" });
  assertEquals(await claim("http://127.0.0.1:4443/storage/v1/b/photos/o/a%2Fb", { env }), {
    uri: "gs://photos/a/b",
  });
  const config = (uri: string) => uri === "gs://photos/" ? { endpoint: "https://cdn.example" } : undefined;
  assertEquals(await claim("https://cdn.example/photos/a", { config }), { uri: "gs://photos/a" });
  for (
    const url of [
      "https://cdn.example/others/a",
      "http://cdn.example/photos/a",
      "https://x.example/a%zz",
      "https://www.googleapis.com/auth/x",
      "https://storage.googleapis.com.example/a/b",
      "https://127.0.0.1:4443/a/b",
    ]
  ) {
    assertEquals(await claim(url, { config, env }), undefined, url);
  }
});

Deno.test("gcsUrls() leads a URL of Google's to Google, whatever endpoint is configured", async () => {
  const env = { STORAGE_EMULATOR_HOST: "127.0.0.1:4443" };
  const google = { endpoint: "https://storage.googleapis.com" };
  assertEquals(await claim("https://storage.googleapis.com/photos/a", { env }), {
    uri: "gs://photos/a",
    config: google,
  });
  const own = () => ({ endpoint: "https://storage-mine.p.googleapis.com" });
  assertEquals(await claim("https://photos.storage.googleapis.com/a", { config: own }), {
    uri: "gs://photos/a",
  });
});

Deno.test("gcsUrls() honours no query, and shows no signature", async () => {
  const base = "https://storage.googleapis.com/photos/a";
  const cases: readonly (readonly [url: string, detail: string])[] = [
    [`${base}?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Signature=secret`, "it is a presigned URL"],
    [`${base}?GoogleAccessId=a&Signature=secret`, 'name the object by "gs://photos/a"'],
    [`${base}?generation=17&alt=media`, 'it has "generation"; name a version by --version'],
    [`${base}?uploads`, 'it has "uploads"; write %3F'],
    ["https://storage.googleapis.com/", "the URL names no bucket"],
    ["https://storage.googleapis.com/photos/a%zz", "write %25"],
  ];
  for (const [url, detail] of cases) {
    const error = await assertRejects(() => claim(url), InvalidNameError, detail);
    assertEquals(`${error.message}${error.stack}`.includes("secret"), false, error.message);
  }
});
