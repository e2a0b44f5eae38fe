/** A condition, and the request that carries it: a service may hold one and pass over the next. */
export type ConditionKind =
  | "put-create"
  | "put-match"
  | "complete-create"
  | "complete-match"
  | "copy-create"
  | "copy-match"
  | "copy-source"
  | "delete-match";

/** How messages name each of them: the option, and the request of S3 that carries it. */
export const CONDITION_WORDS: Readonly<Record<ConditionKind, string>> = {
  "put-create": 'ifNoneMatch "*" on PutObject',
  "put-match": "ifMatch on PutObject",
  "complete-create": 'ifNoneMatch "*" on CompleteMultipartUpload',
  "complete-match": "ifMatch on CompleteMultipartUpload",
  "copy-create": 'ifNoneMatch "*" on CopyObject',
  "copy-match": "ifMatch on CopyObject",
  "copy-source": "sourceIfMatch on CopyObject",
  "delete-match": "ifMatch on DeleteObject",
};

/** All kinds, in the order in which they are shown. */
export const CONDITION_KINDS: readonly ConditionKind[] = Object.keys(CONDITION_WORDS) as ConditionKind[];

/** What a service does about a condition: holds it, passes over it, or refuses the request that has it. */
export type Conduct = "holds" | "ignores" | "refuses";
