import { peer } from "./peers.ts";
import { pythonFrame } from "./python_frame.ts";

const FRAME = (imports: string, prepare: string, work: string) =>
  pythonFrame({ imports, prepare, work: `    ${work}` });

const KEYS = `keys = ["%s/%s%05d" % (sys.argv[1], sys.argv[2], i) for i in range(int(sys.argv[3]))]`;
const OBSTORE = `from obstore.store import S3Store
store = S3Store("bench", client_options={"allow_http": True})`;

/** Programs in Python that do work twice and print what the second time took, by name; the first argument is what URIs begin with. */
const PROGRAMS: Readonly<Record<string, string>> = {
  "s3dlio get": FRAME("s3dlio", "", `n = len(s3dlio.get(sys.argv[1] + "/get/large"))`),
  "obstore get": FRAME("obstore", OBSTORE, `n = len(obstore.get(store, "get/large").bytes())`),
  "s3dlio get_many": FRAME(
    "s3dlio",
    KEYS,
    `assert sum(len(data) for _, data in s3dlio.get_many(keys)) == 4096 * len(keys)`,
  ),
  "s3dlio put_many": FRAME(
    "s3dlio",
    `${KEYS}\nimport os\nitems = [(key, os.urandom(4096)) for key in keys]`,
    "s3dlio.put_many(items)",
  ),
};

/** The command of one of these programs on what is below a URI, where Python is there. */
export function pythonChild(
  root: string,
  name: string,
  ...args: readonly string[]
): readonly string[] | undefined {
  const python = peer("venv", "bin", "python");
  const code = PROGRAMS[name];
  return python === undefined || code === undefined ? undefined : [python, "-c", code, root, ...args];
}
