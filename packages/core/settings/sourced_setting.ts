/**
 * A value of a setting, and where it was said. It may stand for the value among any options, as `SettingText` may for
 * one that was written as text.
 */
export class SourcedSetting {
  /** The value. */
  readonly value: unknown;
  /** Where it was said, in words for messages: `the configuration of s3://other/`. */
  readonly source: string;
  /** For what it was said: a scheme, or a URI prefix such as `s3://other/`; absent where that is not known. */
  readonly layer: string | undefined;

  /** Keeps a value and where it was said. */
  constructor(value: unknown, source: string, layer?: string) {
    this.value = value;
    this.source = source;
    this.layer = layer;
  }
}
