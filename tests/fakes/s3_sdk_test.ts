import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectAttributesCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  ListPartsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
  type S3ClientConfig,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { SignatureV4 } from "@smithy/signature-v4";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { Readable } from "node:stream";
import { type FakeS3, startFakeS3 } from "./s3/mod.ts";

const AWKWARD = [
  "plain",
  "with space",
  "ünïcödé/日本語",
  "emoji/😀",
  "plus+sign",
  "percent%2Fslash",
  "double//slash",
  "a=b&c?d#e",
  "/leading",
  "trailing/",
  "../up/./and/..",
  "quotes'\"`<>&amp;",
  "tilde~star*bang!(paren)",
  "colon:semi;comma,at@dollar$",
  "back\\slash|pipe^caret{brace}[bracket]",
  " lead and trail ",
];

function clientOf(fake: FakeS3, config: S3ClientConfig = {}): S3Client & Disposable {
  const { accessKeyId, secretAccessKey } = fake;
  const client = new S3Client({
    endpoint: fake.url,
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: true,
    maxAttempts: 1,
    ...config,
  });
  return Object.assign(client, { [Symbol.dispose]: () => client.destroy() });
}

Deno.test("the SDK puts, reads, copies and deletes keys of every awkward kind", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"] });
  using client = clientOf(fake);
  const Bucket = "bucket";
  for (const Key of AWKWARD) {
    const put = await client.send(new PutObjectCommand({ Bucket, Key, Body: `body of ${Key}` }));
    const got = await client.send(new GetObjectCommand({ Bucket, Key }));
    assertEquals(await got.Body?.transformToString(), `body of ${Key}`);
    assertEquals(got.ETag, put.ETag);
    const CopySource = `bucket/${encodeURIComponent(Key)}`;
    const copied = await client.send(new CopyObjectCommand({ Bucket, Key: `copy/${Key}`, CopySource }));
    assertEquals(copied.CopyObjectResult?.ETag, put.ETag);
  }
  assertEquals(
    new Set(fake.objects(Bucket).map(({ key }) => key)),
    new Set(AWKWARD.flatMap((key) => [key, `copy/${key}`])),
  );
  const listed = await client.send(new ListObjectsV2Command({ Bucket, Prefix: "copy/" }));
  assertEquals(
    listed.Contents?.map(({ Key }) => Key),
    fake.objects(Bucket).map(({ key }) => key).filter((key) => key.startsWith("copy/")),
  );
  const Objects = AWKWARD.map((key) => ({ Key: `copy/${key}` }));
  const deleted = await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));
  assertEquals([deleted.Deleted?.length, deleted.Errors], [AWKWARD.length, undefined]);
  for (const Key of AWKWARD) await client.send(new DeleteObjectCommand({ Bucket, Key }));
  assertEquals(fake.objects(Bucket), []);
});

Deno.test("the SDK signs a URL for keys of every awkward kind", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"] });
  using client = clientOf(fake);
  const signer = new SignatureV4({
    service: "s3",
    region: "us-east-1",
    credentials: client.config.credentials,
    sha256: client.config.sha256,
    uriEscapePath: false,
  });
  for (const key of AWKWARD) {
    fake.putObject("bucket", key, key);
    const path = `/bucket/${
      key.split("/").map((part) => encodeURIComponent(part).replace(/[!'()*]/g, escapeChar)).join("/")
    }`;
    const request = {
      method: "GET",
      protocol: "http:",
      hostname: "127.0.0.1",
      port: fake.port,
      path,
      headers: { host: `127.0.0.1:${fake.port}`, "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
      query: {},
    };
    const signed = await signer.presign(request, { expiresIn: 60 });
    const query = Object.entries(signed.query ?? {}).map(([name, value]) =>
      `${name}=${encodeURIComponent(String(value))}`
    );
    // A URL object would take the dots out of the path.
    using connection = await Deno.connect({ hostname: "127.0.0.1", port: fake.port });
    const head = `GET ${path}?${
      query.join("&")
    } HTTP/1.1\r\nHost: 127.0.0.1:${fake.port}\r\nConnection: close\r\n\r\n`;
    await connection.write(new TextEncoder().encode(head));
    const answer = await new Response(connection.readable).text();
    assert(answer.startsWith("HTTP/1.1 200 ") && answer.endsWith(`\r\n\r\n${key}`), answer);
  }
});

Deno.test("the SDK sends a body of any form with each checksum it knows, and reads the checksum back", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"] });
  using client = clientOf(fake);
  const Bucket = "bucket";
  const body = new Uint8Array(200_000).map((_, i) => i * 31);
  for (const ChecksumAlgorithm of ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"] as const) {
    const stream = Readable.from([body.subarray(0, 100_000), body.subarray(100_000)]);
    for (const [Key, Body] of [["bytes", body], ["stream", stream]] as const) {
      const put = await client.send(
        new PutObjectCommand({ Bucket, Key, Body, ContentLength: body.length, ChecksumAlgorithm }),
      );
      assertEquals(fake.bytes(Bucket, Key), body);
      assertEquals(fake.object(Bucket, Key)?.checksum?.algorithm, ChecksumAlgorithm.toLowerCase());
      const got = await client.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
      assertEquals(await got.Body?.transformToByteArray(), body);
      assertEquals(got[`Checksum${ChecksumAlgorithm}`], put[`Checksum${ChecksumAlgorithm}`]);
    }
    const trailers = fake.requests.filter((request) => request.headers["x-amz-trailer"] !== undefined);
    assert(trailers.every((request) => request.headers["x-amz-content-sha256"]?.endsWith("-TRAILER")));
  }
  assertEquals(fake.object(Bucket, "stream")?.attributes.fields.get("content-encoding"), undefined);
});

Deno.test("the SDK uploads in parts, with composite and full-object checksums, and copies parts", async () => {
  await using fake = await startFakeS3({ buckets: ["bucket"], minPartSize: 1000 });
  using client = clientOf(fake);
  const Bucket = "bucket";
  fake.putObject(Bucket, "source", "s".repeat(3000));
  const choices = [
    { ChecksumAlgorithm: "CRC32", ChecksumType: "COMPOSITE" },
    { ChecksumAlgorithm: "CRC32C", ChecksumType: "FULL_OBJECT" },
    { ChecksumAlgorithm: "CRC64NVME", ChecksumType: "FULL_OBJECT" },
    { ChecksumAlgorithm: "SHA256", ChecksumType: "COMPOSITE" },
  ] as const;
  for (const choice of choices) {
    const Key = choice.ChecksumAlgorithm;
    const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key, ...choice }));
    const Parts = [];
    for (const PartNumber of [1, 2]) {
      const part = await client.send(
        new UploadPartCommand({
          Bucket,
          Key,
          UploadId,
          PartNumber,
          Body: new Uint8Array(1500).fill(PartNumber),
          ChecksumAlgorithm: choice.ChecksumAlgorithm,
        }),
      );
      const name = `Checksum${choice.ChecksumAlgorithm}` as const;
      Parts.push({ PartNumber, ETag: part.ETag, [name]: part[name] });
    }
    const copied = await client.send(
      new UploadPartCopyCommand({
        Bucket,
        Key,
        UploadId,
        PartNumber: 3,
        CopySource: "bucket/source",
        CopySourceRange: "bytes=0-999",
      }),
    );
    Parts.push({ PartNumber: 3, ...copied.CopyPartResult });
    const listed = await client.send(new ListPartsCommand({ Bucket, Key, UploadId }));
    assertEquals(listed.Parts?.map((part) => part.Size), [1500, 1500, 1000]);
    const done = await client.send(
      new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }),
    );
    assertEquals(done.ChecksumType, choice.ChecksumType);
    const got = await client.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));
    assertEquals((await got.Body?.transformToByteArray())?.length, 4000);
    const attributes = await client.send(
      new GetObjectAttributesCommand({
        Bucket,
        Key,
        ObjectAttributes: ["ObjectParts", "ObjectSize", "Checksum"],
      }),
    );
    assertEquals([attributes.ObjectSize, attributes.ObjectParts?.TotalPartsCount], [4000, 3]);
  }
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: "left" }));
  const uploads = await client.send(new ListMultipartUploadsCommand({ Bucket }));
  assertEquals(uploads.Uploads?.map((upload) => upload.UploadId), [UploadId]);
  await client.send(new AbortMultipartUploadCommand({ Bucket, Key: "left", UploadId }));
  assertEquals(fake.uploads(Bucket), []);
});

Deno.test("the SDK works on buckets, versions, tags and conditions", async () => {
  await using fake = await startFakeS3();
  using client = clientOf(fake, { region: "eu-west-1" });
  const Bucket = "made-here";
  const CreateBucketConfiguration = { LocationConstraint: "eu-west-1" } as const;
  await client.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration }));
  const again = await assertRejects(
    () => client.send(new CreateBucketCommand({ Bucket, CreateBucketConfiguration })),
    Error,
  );
  assertEquals(again.name, "BucketAlreadyOwnedByYou");
  assertEquals((await client.send(new HeadBucketCommand({ Bucket }))).BucketRegion, "eu-west-1");
  assertEquals((await client.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name), [Bucket]);
  await client.send(
    new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: "Enabled" } }),
  );
  const first = await client.send(
    new PutObjectCommand({ Bucket, Key: "k", Body: "one", Tagging: "a=1&b=x%20y" }),
  );
  const busy = await assertRejects(
    () => client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "no", IfNoneMatch: "*" })),
    Error,
  );
  assertEquals(busy.name, "PreconditionFailed");
  await client.send(new PutObjectCommand({ Bucket, Key: "k", Body: "two", IfMatch: first.ETag }));
  const old = await client.send(new GetObjectCommand({ Bucket, Key: "k", VersionId: first.VersionId }));
  assertEquals(await old.Body?.transformToString(), "one");
  const tags = await client.send(
    new GetObjectTaggingCommand({ Bucket, Key: "k", VersionId: first.VersionId }),
  );
  assertEquals(tags.TagSet, [{ Key: "a", Value: "1" }, { Key: "b", Value: "x y" }]);
  await client.send(
    new PutObjectTaggingCommand({ Bucket, Key: "k", Tagging: { TagSet: [{ Key: "c", Value: "3" }] } }),
  );
  await client.send(new DeleteObjectCommand({ Bucket, Key: "k" }));
  const missing = await assertRejects(() => client.send(new GetObjectCommand({ Bucket, Key: "k" })), Error);
  assertEquals(missing.name, "NoSuchKey");
  const head = await assertRejects(() => client.send(new HeadObjectCommand({ Bucket, Key: "k" })), Error);
  assertEquals(head.name, "NotFound");
  const versions = await client.send(new ListObjectVersionsCommand({ Bucket }));
  assertEquals([versions.Versions?.length, versions.DeleteMarkers?.length], [2, 1]);
  const full = await assertRejects(() => client.send(new DeleteBucketCommand({ Bucket })), Error);
  assertEquals(full.name, "BucketNotEmpty");
  for (const { Key, VersionId } of [...versions.Versions ?? [], ...versions.DeleteMarkers ?? []]) {
    await client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
  }
  await client.send(new DeleteBucketCommand({ Bucket }));
  assertEquals(fake.buckets.size, 0);
});

function escapeChar(char: string): string {
  return `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
}
