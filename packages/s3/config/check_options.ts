import { checkSettings, type GivenSettings } from "@lade/core/settings";
import { S3_SETTINGS } from "./s3_settings.ts";

/** What every message about the configuration begins with. */
export const SUBJECT = "Cannot configure s3";

/**
 * Checks options, each by itself and all together. A name that is no option of S3, a value that the option cannot have,
 * and options that exclude each other are a `TypeError`.
 */
export function checkOptions(config: object): GivenSettings {
  const given = checkSettings(S3_SETTINGS, { ...config }, SUBJECT);
  if (given.has("sseCustomerKey") && given.has("sse")) {
    throw new TypeError(`${SUBJECT}: sse and sseCustomerKey exclude each other`);
  }
  if (given.has("sseKmsKeyId") && !String(given.get("sse")?.value).startsWith("aws:kms")) {
    throw new TypeError(`${SUBJECT}: sseKmsKeyId needs sse to be "aws:kms" or "aws:kms:dsse"`);
  }
  const anonymous = given.get("anonymous");
  const keys = [...given.keys()].find((name) => name === "profile" || name.startsWith("credentials"));
  if (anonymous?.value === true && keys !== undefined) {
    const by = (source: string | undefined) => source === "option" ? "" : ` (${source})`;
    throw new TypeError(
      `${SUBJECT}: anonymous${by(anonymous.source)} and ${keys}${
        by(given.get(keys)?.source)
      } exclude each other`,
    );
  }
  return given;
}
