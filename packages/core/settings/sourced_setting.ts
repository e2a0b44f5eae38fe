/**
 * A value of a setting, and where it was said. It may stand for the value among any options, as `SettingText` may for
 * one that was written as text.
 */
export class SourcedSetting {
  /** The value. */
  readonly value: unknown;
  /** Where it was said, in words for messages: `the configuration of s3://other/`. */
  readonly source: string;

  /** Keeps a value and where it was said. */
  constructor(value: unknown, source: string) {
    this.value = value;
    this.source = source;
  }
}
