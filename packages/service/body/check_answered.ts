import {
  type HeadOptions,
  type ObjectInfo,
  PreconditionFailedError,
  UnsupportedError,
} from "@lade/core/backend";
import type { CallName } from "@lade/core/errors";
import type { HeaderNames } from "./header_names.ts";
import { unlikeService } from "./unlike_service.ts";

/** Holds conditions and version of a read against what was answered, since there are services that pass over them. */
export function checkAnswered(
  { service, unversioned }: Pick<HeaderNames, "service" | "unversioned">,
  { etag, version = unversioned }: ObjectInfo,
  { ifMatch, ifNoneMatch, version: asked }: HeadOptions,
  call: CallName,
): void {
  const { operation, uri } = call;
  if (asked !== undefined && asked !== version) {
    const detail = `the service does not answer with version ${
      JSON.stringify(asked)
    } where that was asked for`;
    throw new UnsupportedError({ operation, uri, detail });
  }
  if (ifMatch !== undefined && ifMatch !== "*" && etag !== ifMatch) {
    if (etag === undefined) {
      throw unlikeService(call, service, "it has no etag, so the condition cannot be held against it");
    }
    const detail = "the object is not the one the condition names";
    throw new PreconditionFailedError({ operation, uri, detail });
  }
  if (ifNoneMatch !== undefined && etag === ifNoneMatch) {
    throw new PreconditionFailedError({
      operation,
      uri,
      detail: "the object still has the etag that was ruled out",
    });
  }
}
