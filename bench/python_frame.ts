/** What {@linkcode pythonFrame} is filled with. */
export interface PythonWork {
  /** Modules that are imported, with commas between. */
  readonly imports: string;
  /** Lines that run once, before. */
  readonly prepare?: string;
  /** Lines of the body of the work, each indented by four spaces. */
  readonly work: string;
  /** Lines that run before each of both times and are not measured. */
  readonly before?: string;
  /** Whether the CPU time of programs that it starts counts too. */
  readonly withChildren?: boolean;
}

/** A program in Python that does work twice and prints what the second time took, as `runSelfTimed` reads it. */
export function pythonFrame(
  { imports, prepare = "", work, before = "", withChildren = false }: PythonWork,
): string {
  const whose = withChildren ? "resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN" : "resource.RUSAGE_SELF,";
  return `
import ${imports}, json, resource, sys, time
${prepare}
def used():
    all = [resource.getrusage(who) for who in (${whose})]
    return sum(usage.ru_utime + usage.ru_stime for usage in all)
def work():
${work}
${before}
work()
${before}
cpu, start = used(), time.perf_counter()
work()
print(json.dumps({"seconds": time.perf_counter() - start, "cpuSeconds": used() - cpu}))
`;
}
