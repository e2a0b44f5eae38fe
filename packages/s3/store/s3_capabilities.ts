import type { Capabilities, Support } from "@lade/core";
import type { S3Connection } from "../wire/s3_connection.ts";

/**
 * What a bucket can do, as it is known at the time of asking. Conditions are held by Amazon's service; any other has to
 * show that it does. Whether a bucket keeps versions shows with the first of them.
 */
export function s3Capabilities(connection: S3Connection): Capabilities {
  const { traits } = connection;
  const held = (support: () => Support): Support => connection.trustsConditions || support();
  /** A large object is made by another request than a small one; what small ones cannot have is refused for all. */
  const written = (condition: "create" | "match"): Support => {
    const put = traits.support(`put-${condition}`);
    return put === false ? false : both(put, traits.support(`complete-${condition}`), "unknown");
  };
  /** A copy in parts has the conditions of other writes. */
  const copied = (condition: "create" | "match"): Support => {
    const copy = traits.support(`copy-${condition}`);
    const inParts = written(condition);
    if (copy === true) return true;
    if (copy === "unknown") return "unknown";
    return inParts === "unknown" && traits.support(`complete-${condition}`) === false ? false : inParts;
  };
  return {
    attributes: true,
    expires: true,
    setAttributes: true,
    tags: true,
    modificationTime: false,
    storageClass: true,
    get createOnly() {
      return held(() => written("create"));
    },
    get compareAndSwap() {
      return held(() => written("match"));
    },
    get conditionalDelete() {
      return held(() => traits.support("delete-match"));
    },
    get conditionalCopy() {
      return held(() => both(copied("create"), copied("match"), "unknown"));
    },
    get versions() {
      return traits.keepsVersions(connection.bucket ?? "") || "unknown";
    },
    atomicRename: false,
    presign: connection.credentials !== undefined,
    resumableWrites: !connection.config.multipart.disabled,
  };
}

/** What holds of both; `mixed` where one is lacking and the other is not. */
function both(one: Support, other: Support, mixed: Support): Support {
  return one === other ? one : one === "unknown" || other === "unknown" ? "unknown" : mixed;
}
