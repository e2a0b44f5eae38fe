import type { AnswerRule } from "./answer_rule.ts";

const STATUSES: Readonly<Record<AnswerRule["kind"], readonly number[]>> = {
  object: [200, 206],
  head: [200],
  write: [200, 201],
  removal: [200, 204],
  document: [200],
  other: [200, 202, 204],
};

/**
 * The rule of an answer by what it is and by the headers of its request, as HTTP has it (RFC 9110). `root` is that of a
 * document. A 404 decides nothing about a write.
 */
export function plainRule(kind: AnswerRule["kind"], headers: readonly string[], root?: string): AnswerRule {
  return {
    kind,
    statuses: STATUSES[kind],
    unasked: [...unaskedStatuses(headers), ...kind === "write" ? [404] : []],
    ...(root !== undefined && { roots: [root] }),
  };
}

/** Statuses that answer a condition or a range, where no header of the request has one. */
export function unaskedStatuses(headers: readonly string[]): readonly number[] {
  const asks = (pattern: RegExp) => headers.some((name) => pattern.test(name));
  return [
    // 304 answers those alone who ask whether something is another one (section 13.1).
    ...asks(/(?:^|-)if-(?:none-match|modified-since)$/) ? [] : [304],
    ...asks(/(?:^|-)if-/) ? [] : [412],
    ...asks(/range$/) ? [] : [416],
  ];
}
