import { type CallName, NotFoundError, type ObjectInfo, PreconditionFailedError } from "@lade/core/backend";
import { faultOf } from "@lade/service/errors";

/**
 * The failure of a request about two objects, of which the service does not say which one it means: that of its source where
 * this is not the one of `etag` any more, as `head` finds it.
 */
export async function blameSource(
  error: unknown,
  etag: string | undefined,
  { operation, uri }: CallName,
  head: () => Promise<Pick<ObjectInfo, "etag">>,
): Promise<unknown> {
  if (![404, 412].includes(faultOf(error)?.status ?? 0)) return error;
  try {
    const now = await head();
    const detail = "it changed meanwhile";
    return now.etag === etag ? error : new PreconditionFailedError({ operation, uri, detail, cause: error });
  } catch (found) {
    return found instanceof NotFoundError ? found : error;
  }
}
