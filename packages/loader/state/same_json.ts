/** Whether two values say the same as JSON, in whatever order their keys are: databases and other languages sort them. */
export function isSameJson(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) {
    return one === other;
  }
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [had, has] = [fieldsOf(one), fieldsOf(other)];
  return had.size === has.size && had.entries().every(([key, value]) => isSameJson(value, has.get(key)));
}

function fieldsOf(value: object): Map<string, unknown> {
  return new Map(Object.entries(value).filter(([, field]) => field !== undefined));
}
