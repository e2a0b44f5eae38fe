import { type AnswerRule, unaskedStatuses } from "@lade/service/call";

/** What is known of a request when its answer is judged. */
export interface AskedCall {
  /** The method. */
  readonly method: string;
  /** Whether it is about a key. */
  readonly hasKey: boolean;
  /** Whether it is about a bucket, or a key in it. */
  readonly hasBucket: boolean;
  /** Names of its headers, in lower case. */
  readonly headers: readonly string[];
  /** Whether there is no query, as where objects are read and written whole. */
  readonly isPlain?: boolean;
  /** Whether the query has a member of this name. */
  has(name: string): boolean;
}

const OK = [200];
const DONE = [200, 204];

type Form = Omit<AnswerRule, "unasked">;

const document = (...roots: string[]): Form => ({ kind: "document", statuses: OK, roots });

/** Members of a query that name something about a bucket or object which is an XML document, by their root elements. */
const ROOTS: Readonly<Record<string, string>> = {
  "tagging": "Tagging",
  "versioning": "VersioningConfiguration",
};

/** Others of them. */
const SUBRESOURCES = [
  "accelerate",
  "acl",
  "attributes",
  "cors",
  "encryption",
  "legal-hold",
  "lifecycle",
  "location",
  "object-lock",
  "ownershipControls",
  "policyStatus",
  "requestPayment",
  "retention",
];

/**
 * The rule for a request, by its form ("Actions" of the Amazon S3 API reference). Services differ in what they add, so a
 * rule asks only for what every one of them has.
 */
export function answerRule(asked: AskedCall): AnswerRule {
  const form = formOf(asked);
  const isNamed = form.kind === "write" || (form.kind === "document" && !asked.hasKey);
  return { ...form, unasked: [...unaskedStatuses(asked.headers), ...isNamed ? [404] : []] };
}

function formOf(asked: AskedCall): Form {
  const [, root] = asked.isPlain ? [] : Object.entries(ROOTS).find(([name]) => asked.has(name)) ?? [];
  const sub = !asked.isPlain && (root !== undefined || SUBRESOURCES.some((name) => asked.has(name)));
  switch (asked.method) {
    case "GET":
      if (asked.has("uploadId")) return document("ListPartsResult");
      if (asked.has("uploads")) return document("ListMultipartUploadsResult");
      if (asked.has("versions")) {
        return document("ListVersionsResult", "ListBucketVersionsResult", "ListBucketResult");
      }
      if (root !== undefined) return document(root);
      if (sub) return { kind: "document", statuses: OK };
      if (asked.hasKey) return { kind: "object", statuses: [200, 206] };
      return document(asked.hasBucket ? "ListBucketResult" : "ListAllMyBucketsResult");
    case "HEAD":
      return { kind: asked.hasKey ? "head" : "other", statuses: OK };
    case "PUT":
      if (sub || !asked.hasKey) return { kind: "other", statuses: DONE };
      if (!asked.headers.includes("x-amz-copy-source")) return { kind: "write", statuses: OK };
      // Some services call both by one name.
      return asked.has("partNumber")
        ? document("CopyPartResult", "CopyObjectResult")
        : document("CopyObjectResult");
    case "POST":
      if (asked.has("delete")) return document("DeleteResult");
      if (asked.has("uploads")) return document("InitiateMultipartUploadResult");
      if (asked.has("uploadId")) return document("CompleteMultipartUploadResult");
      return { kind: "other", statuses: [200, 202, 204] };
    case "DELETE":
      return { kind: "removal", statuses: DONE };
    default:
      return { kind: "other", statuses: DONE };
  }
}
