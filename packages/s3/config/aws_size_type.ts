import { type NumberBounds, type SettingType, sizeType } from "@lade/core/settings";

/** A size as `~/.aws/config` has it: there KB, MB, GB and TB are powers of 1024 ("AWS CLI S3 Configuration"). */
export function awsSizeType(bounds: NumberBounds): SettingType {
  const type = sizeType(bounds);
  return {
    ...type,
    parse: (text) => type.parse(text.replace(/([kmgt])b$/i, "$1iB")),
  };
}
