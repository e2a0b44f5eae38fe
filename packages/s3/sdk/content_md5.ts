import type { S3Client } from "@aws-sdk/client-s3";

/**
 * Gives the requests of a client that need a checksum of their body the MD5 of it, which every service knows, in place
 * of the CRC-32 that the SDK computes of its own accord: there are services that take many keys to delete only with
 * `Content-MD5`, and others that refuse a checksum they do not know.
 */
export function useContentMd5(client: S3Client): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const { request } = args as { readonly request: { headers: Record<string, string>; body?: unknown } };
      const { body, headers } = request;
      if (headers[CRC32] === undefined || !(typeof body === "string" || body instanceof Uint8Array)) {
        return await next(args);
      }
      delete headers[CRC32];
      delete headers["x-amz-sdk-checksum-algorithm"];
      const { createHash } = await import("node:crypto");
      headers["content-md5"] = createHash("md5").update(body).digest("base64");
      return await next(args);
    },
    { name: "contentMd5", step: "build", priority: "low" },
  );
}

const CRC32 = "x-amz-checksum-crc32";
