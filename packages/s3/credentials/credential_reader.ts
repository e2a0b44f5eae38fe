import { resolveSetting, type SettingProfile, type Sourced } from "@lade/core/settings";
import { SUBJECT } from "../config/check_options.ts";
import type { Environment, ReadTextFile } from "@lade/service/environment";
import type { Profile, SharedFiles } from "../config/profile.ts";
import type { S3Config } from "../config/s3_config.ts";
import type { WebOptions } from "@lade/service/credentials";
import { CREDENTIAL_SETTINGS } from "./credential_settings.ts";
import type { Clock } from "@lade/core";

/** What sources of credentials are read from. */
export interface CredentialContext {
  /** The configuration. */
  readonly config: S3Config;
  /** The environment; empty where a profile was asked for by option, which comes before it. */
  readonly env: Environment;
  /** The whole environment, for paths and for what is no source of keys. */
  readonly fullEnv: Environment;
  /** Reads files. */
  readonly read: ReadTextFile;
  /** Sends requests. */
  readonly web: WebOptions;
  /** Time. */
  readonly clock: Clock;
}

/** Where a setting is looked for. */
export interface Places {
  /** Not in the environment. */
  readonly profileOnly?: boolean;
  /** Not in the profile. */
  readonly environmentOnly?: boolean;
}

/** Reads the settings of {@linkcode CREDENTIAL_SETTINGS} for one profile. */
export class CredentialReader {
  /** What is read from. */
  readonly context: CredentialContext;
  /** The profile. */
  readonly profile: Profile;

  /** Reads nothing yet. */
  constructor(context: CredentialContext, profile: Profile) {
    this.context = context;
    this.profile = profile;
  }

  /** The files of the user. */
  get files(): SharedFiles {
    return this.profile.files;
  }

  /** The same for another profile. */
  of(profile: Profile): CredentialReader {
    return new CredentialReader(this.context, profile);
  }

  /** A setting, where anything says it; `extra` is asked where the profile says nothing. */
  async find(
    name: string,
    places: Places = {},
    extra?: SettingProfile,
  ): Promise<Sourced<string> | undefined> {
    const row = CREDENTIAL_SETTINGS.find((each) => each.name === name);
    if (!row) throw new TypeError(`There is no setting ${name}`);
    const { profile } = this;
    const found: SettingProfile = { find: (key) => profile.find(key) ?? extra?.find(key) };
    const resolved = await resolveSetting(row, {
      given: [],
      env: places.profileOnly ? () => undefined : this.context.env,
      ...(places.environmentOnly ? {} : { profile: () => Promise.resolve(found) }),
    }, SUBJECT);
    return resolved && { value: String(resolved.value), source: resolved.source };
  }

  /** A setting of how services are reached, for which the environment counts however the profile was chosen. */
  async findOfService(name: string): Promise<Sourced<string> | undefined> {
    const { context, profile } = this;
    return await new CredentialReader({ ...context, env: context.fullEnv }, profile).find(name);
  }
}
