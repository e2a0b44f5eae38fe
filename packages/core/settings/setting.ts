import type { SettingType } from "./setting_type.ts";

/**
 * A variable of the environment, or a key of a profile, that a setting is read from. One with a language of its own has
 * `words` or its own `type`.
 */
export type SettingPlace = string | {
  /** The variable or key. */
  readonly name: string;
  /** What its words (lower case) stand for, `undefined` for no opinion. */
  readonly words?: Readonly<Record<string, unknown>>;
  /** How it is written. */
  readonly type?: SettingType;
};

/** The option of the command line that stands for a setting. */
export interface SettingFlag {
  /** Its name: `--endpoint-url`. */
  readonly name: `--${string}`;
  /** How the help calls its value; absent for a flag, which says `true`. */
  readonly metavar?: string;
  /** What the help says. */
  readonly help: string;
  /** What a flag says, where it is not `true`. */
  readonly says?: boolean;
}

/** One setting of a backend: what it is called, what it may be, and everywhere it is read from. */
export interface Setting {
  /** Its name among the options; a dot leads into a record: `multipart.partSize`. */
  readonly name: string;
  /** What values it takes. */
  readonly type: SettingType;
  /** Variables of the environment, the first that is set counts. */
  readonly environment?: readonly SettingPlace[];
  /** Keys of a profile, the first that is there counts. */
  readonly profile?: readonly SettingPlace[];
  /** Whether its value is never shown. */
  readonly secret?: boolean;
  /** What it is for, in a sentence without a full stop. */
  readonly help: string;
  /** What holds where nothing is said. */
  readonly default?: unknown;
  /** Its option of the command line. */
  readonly flag?: SettingFlag;
  /**
   * Settings of one group are one choice: where the configuration of a URI prefix says one of them, it takes none of the
   * others from that of the scheme.
   */
  readonly group?: string;
  /** Read together with others, by rules of the backend's own, and so left out by `resolveSettings`. */
  readonly together?: boolean;
}

/** The settings of a backend, in the order in which they are documented. */
export type SettingTable = readonly Setting[];

/** A value and where it came from, in words for messages: `AWS_REGION`, `option`, `profile "dev" of ~/.aws/config`. */
export interface Sourced<T> {
  /** The value. */
  readonly value: T;
  /** Where it came from. */
  readonly source: string;
}

/** The name of a variable or key. */
export function placeName(place: SettingPlace): string {
  return typeof place === "string" ? place : place.name;
}
