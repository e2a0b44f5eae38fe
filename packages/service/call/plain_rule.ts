import type { AnswerRule } from "./answer_rule.ts";

const STATUSES: Readonly<Record<AnswerRule["kind"], readonly number[]>> = {
  object: [200, 206],
  head: [200],
  write: [200, 201],
  removal: [200, 204],
  document: [200],
  other: [200, 202, 204],
};

const OTHER = /(?:^|-)if-(?:none-match|modified-since)$|^if[A-Z]\w*NotMatch$/;
const STATE = /(?:^|-)if-|^if[A-Z]/;
const RANGE = /range$/;

/**
 * The rule of an answer by what it is and by the names of what its request asks: headers as HTTP has them (RFC 9110), and
 * conditions in the query, such as `ifGenerationMatch`. `root` is that of a document. A 404 decides nothing about a write.
 */
export function plainRule(kind: AnswerRule["kind"], names: readonly string[], root?: string): AnswerRule {
  return {
    kind,
    statuses: STATUSES[kind],
    unasked: [...unaskedStatuses(names), ...kind === "write" ? [404] : []],
    ...(root !== undefined && { roots: [root] }),
  };
}

/** Statuses that answer a condition or a range, where no header or query of the request has one. */
export function unaskedStatuses(names: readonly string[]): readonly number[] {
  let [asksForOther, asksForState, asksForRange] = [false, false, false];
  for (const name of names) {
    asksForOther ||= OTHER.test(name);
    asksForState ||= STATE.test(name);
    asksForRange ||= RANGE.test(name);
  }
  const unasked: number[] = [];
  // 304 answers those alone who ask whether something is another one (section 13.1).
  if (!asksForOther) unasked.push(304);
  if (!asksForState) unasked.push(412);
  if (!asksForRange) unasked.push(416);
  return unasked;
}
