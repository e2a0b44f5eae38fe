import type { S3Credentials } from "../config/s3_credentials.ts";
import { jsonFields } from "@lade/service/credentials";

/** The keys in an answer of the services of containers and instances; `undefined` where there are none. */
export function keysOfAnswer(text: string): S3Credentials | undefined {
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = jsonFields(text);
  if (typeof AccessKeyId !== "string" || typeof SecretAccessKey !== "string") return undefined;
  if (AccessKeyId === "" || SecretAccessKey === "") return undefined;
  const expiration = new Date(String(Expiration));
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    ...(typeof Token === "string" && Token !== "" ? { sessionToken: Token } : {}),
    ...(Number.isNaN(expiration.getTime()) ? {} : { expiration }),
  };
}
