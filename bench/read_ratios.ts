/** The ratios in what a run of the benchmarks printed, each by what it compares: `a = 1.25 x b (bar 1)` is `a x b`. */
export function readRatios(printed: string): [line: string, ratio: number][] {
  return [...printed.matchAll(/^ {2}(.+?) = (\d+(?:\.\d+)?) x (.+?) \((?:bar|at most) [^)]*\)/gm)].map(
    ([, ours = "", ratio, baseline = ""]) => [`${ours} x ${baseline}`, Number(ratio)],
  );
}
