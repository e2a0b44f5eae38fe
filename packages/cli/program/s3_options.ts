import { flag, option, type ValuesOf } from "../syntax/option.ts";
import { textValue } from "../values/text_value.ts";
import type { GlobalOptions } from "./global_options.ts";

/** What {@linkcode s3Options} say. */
export type S3CommandOptions = ValuesOf<typeof s3Options>;

/**
 * The options about `s3://`, by the names that the AWS CLI gives them. Each stands for one name of the configuration of
 * `s3` and comes before `--config` and the environment.
 */
export const s3Options = {
  endpoint: option(
    ["--endpoint-url"],
    textValue("URL"),
    undefined,
    "Ask this service instead of Amazon's (s3.endpoint, AWS_ENDPOINT_URL).",
  ),
  region: option(
    ["--region"],
    textValue("NAME"),
    undefined,
    "Sign for this region (s3.region, AWS_REGION).",
  ),
  profile: option(
    ["--profile"],
    textValue("NAME"),
    undefined,
    "Take keys and settings from this profile of ~/.aws (s3.profile, AWS_PROFILE).",
  ),
  anonymous: flag(["--no-sign-request"], "Ask without keys, for public buckets (s3.anonymous)."),
  requestPayer: flag(
    ["--request-payer"],
    "Agree to pay for the requests of Requester Pays buckets (s3.requestPayer).",
  ),
  caBundle: option(
    ["--ca-bundle"],
    textValue("FILE"),
    undefined,
    "Trust the certificates in this PEM file too (s3.caBundle, AWS_CA_BUNDLE).",
  ),
};

/** The settings with what was said about `s3://` in their configuration. What was not leaves room for the environment. */
export function withS3(settings: GlobalOptions, said: S3CommandOptions): GlobalOptions {
  const given = Object.entries(said).filter(([, value]) => value !== undefined && value !== false);
  if (given.length === 0) return settings;
  const s3 = { ...settings.config["s3"], ...Object.fromEntries(given) };
  return { ...settings, config: { ...settings.config, s3 } };
}

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
