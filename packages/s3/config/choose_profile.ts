import { type GivenSettings, resolveSetting, type Sourced } from "@lade/core/settings";
import { SUBJECT } from "./check_options.ts";
import type { Environment, ReadTextFile } from "@lade/service/environment";
import { type Profile, SharedFiles } from "./profile.ts";
import { S3_SETTINGS } from "./s3_settings.ts";

/** The name of the profile that was asked for, by option or environment. */
export async function askedProfile(
  given: readonly GivenSettings[],
  env: Environment,
): Promise<Sourced<string> | undefined> {
  const row = S3_SETTINGS.find(({ name }) => name === "profile");
  const found = row && await resolveSetting(row, { given, env }, SUBJECT);
  return found && { value: String(found.value), source: found.source };
}

/** Loads the profile that was asked for, else `default`. One that was asked for and is not there is a `TypeError`. */
export async function chooseProfile(
  asked: Sourced<string> | undefined,
  env: Environment,
  read: ReadTextFile,
): Promise<Profile> {
  const files = await SharedFiles.read(env, read);
  const profile = files.profile(asked?.value ?? "default");
  if (asked && !profile.exists && asked.value !== "default") {
    const by = asked.source === "option" ? "" : ` (${asked.source})`;
    throw new TypeError(`${SUBJECT}: ${files.missing(asked.value, by)}`);
  }
  return profile;
}
