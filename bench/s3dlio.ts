import type { Bar, Contender } from "./bench.ts";
import { run, s3dlioPython } from "./peers.ts";

/** Gets one URI with s3dlio twice and prints the seconds of the second time. */
const GET = `
import s3dlio, sys, time
for _ in range(2):
    t = time.perf_counter()
    data = s3dlio.get(sys.argv[1])
    n = len(data)
    s = time.perf_counter() - t
    del data
print(s)
`;

/** s3dlio's `get` of one URI of `size` bytes, with the bar that `ours` has to be as fast; nothing where it is not here. */
export async function s3dlioGet(
  uri: string,
  size: number,
  ours: string,
): Promise<{ contenders: Contender[]; bars: Bar[] }> {
  const python = await s3dlioPython();
  if (python === undefined) return { contenders: [], bars: [] };
  const name = "s3dlio get";
  return {
    contenders: [{ name, run: async () => size / Number(await run(python, ["-c", GET, uri])) }],
    bars: [{ ours, baseline: name, atLeast: 1 }],
  };
}
