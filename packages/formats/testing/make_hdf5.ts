import { File, type Group, ready } from "h5wasm";

/** Makes an HDF5 file by the library and gives its bytes. */
export async function makeHdf5(fill: (file: Group) => void): Promise<Uint8Array<ArrayBuffer>> {
  const { FS } = await ready;
  const path = `/${crypto.randomUUID()}`;
  const file = new File(path, "w");
  fill(file);
  file.flush();
  file.close();
  const bytes = FS.readFile(path);
  FS.unlink(path);
  return bytes.slice();
}
