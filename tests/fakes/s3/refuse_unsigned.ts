import type { FaultSpec } from "@lade/testing/http";
import type { S3Request } from "./s3_request.ts";

/** Refuses every request whose payload is not signed, as some services do. */
export const refuseUnsigned: FaultSpec<S3Request> = {
  match: {
    where: ({ headers }) => headers["x-amz-content-sha256"] === "UNSIGNED-PAYLOAD",
    times: Infinity,
  },
  action: {
    kind: "status",
    status: 400,
    code: "InvalidRequest",
    message: "UNSIGNED-PAYLOAD is not allowed here",
  },
};
