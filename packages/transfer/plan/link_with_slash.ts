import { InvalidNameError } from "@lade/core/errors";

/** Why a link is not moved that is named with a slash: that names what it leads to, which a move would leave without it. */
export function linkWithSlash(uri: string): InvalidNameError {
  return new InvalidNameError({
    operation: "mv",
    uri,
    detail: "it is a symbolic link",
    advice: "leave out the slash at its end for the link itself",
  });
}
