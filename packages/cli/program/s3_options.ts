import { object } from "@optique/core/constructs";
import { message } from "@optique/core/message";
import { map, optional, withDefault } from "@optique/core/modifiers";
import { flag, option } from "@optique/core/primitives";
import { string } from "@optique/core/valueparser";
import type { InferValue } from "@optique/core/parser";

/** What {@linkcode s3Options} says. */
export type S3CommandOptions = InferValue<typeof s3Options>;

/**
 * The parser of the options about `s3://`, by the names that the AWS CLI gives them. Each stands for one name of the
 * configuration of `s3` and comes before `--config` and the environment.
 */
export const s3Options = object("S3 options", {
  s3: map(
    object({
      endpoint: optional(
        option("--endpoint-url", string({ metavar: "URL" }), {
          description: message`Ask this service instead of Amazon's (s3.endpoint, AWS_ENDPOINT_URL).`,
        }),
      ),
      region: optional(
        option("--region", string({ metavar: "NAME" }), {
          description: message`Sign for this region (s3.region, AWS_REGION).`,
        }),
      ),
      profile: optional(
        option("--profile", string({ metavar: "NAME" }), {
          description: message`Take keys and settings from this profile of ~/.aws (s3.profile, AWS_PROFILE).`,
        }),
      ),
      anonymous: withDefault(
        flag("--no-sign-request", {
          description: message`Ask without keys, for public buckets (s3.anonymous).`,
        }),
        false,
      ),
      requestPayer: withDefault(
        flag("--request-payer", {
          description: message`Agree to pay for the requests of Requester Pays buckets (s3.requestPayer).`,
        }),
        false,
      ),
      caBundle: optional(
        option("--ca-bundle", string({ metavar: "FILE" }), {
          description: message`Trust the certificates in this PEM file too (s3.caBundle, AWS_CA_BUNDLE).`,
        }),
      ),
    }),
    // What was not given leaves room for `--config` and the environment.
    (given): Readonly<Record<string, unknown>> =>
      Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined && value !== false)),
  ),
});

/**
 * Takes the one value out that other programs give `--request-payer`, as in `--request-payer requester`: left there, it
 * would be read as the name of a local file.
 */
export function withoutPayer(args: readonly string[]): readonly string[] {
  const end = args.includes("--") ? args.indexOf("--") : args.length;
  return args.flatMap((arg, at) => {
    if (at >= end) return [arg];
    if (arg === "--request-payer=requester") return ["--request-payer"];
    return arg === "requester" && args[at - 1] === "--request-payer" ? [] : [arg];
  });
}
