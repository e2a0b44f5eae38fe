import type { FakeS3 } from "../fakes/s3/mod.ts";

/**
 * Refuses every part of uploads to `bucket` behind the first `allowed`, for a reason that may go away. Parts that are on
 * their way when another one is refused are given up: where some are allowed, one is stored by then.
 */
export function refuseParts(fake: FakeS3, allowed: number): void {
  const match = { operation: "UploadPart", nth: allowed + 1, times: Infinity } as const;
  if (allowed > 0) fake.faults.add({ match, action: { kind: "before", run: () => storedPart(fake) } });
  fake.faults.add({ match, action: { kind: "status", status: 403, code: "AccessDenied" } });
}

/** Resolves once the upload has a part, or is gone. */
async function storedPart(fake: FakeS3): Promise<void> {
  while (fake.uploads("bucket")[0]?.parts.size === 0) await new Promise((resolve) => setTimeout(resolve, 1));
}
