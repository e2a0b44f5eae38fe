import { SERVERS_DIRECTORY } from "./servers_directory.ts";

/** The virtual environment of the Python libraries that the formats are tested against. */
export const FORMATS_VENV: string = `${SERVERS_DIRECTORY}/formats`;

/** These libraries, by the names that pip and Python both have for them. */
export const FORMATS_LIBRARIES: readonly string[] = [
  ...["numpy", "pyarrow", "safetensors", "tfrecord", "crc32c", "webdataset", "zarr", "h5py"],
];

/** The Python that has all of these libraries; `undefined` where one is missing. */
export function findFormatsPython(): string | undefined {
  try {
    const lib = `${FORMATS_VENV}/lib`;
    const packages = [...Deno.readDirSync(lib)].filter(({ name }) => name.startsWith("python"))
      .map(({ name }) => `${lib}/${name}/site-packages`);
    const has = (library: string) => packages.some((directory) => isDirectory(`${directory}/${library}`));
    return FORMATS_LIBRARIES.every(has) ? `${FORMATS_VENV}/bin/python` : undefined;
  } catch {
    return undefined;
  }
}

function isDirectory(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
