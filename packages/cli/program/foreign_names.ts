/** What other programs of this kind call our commands. */
const FOREIGN: Readonly<Record<string, string>> = {
  list: "ls",
  dir: "ls",
  lsd: "ls",
  lsf: "ls",
  lsl: "ls",
  head: "stat",
  info: "stat",
  copy: "cp",
  copyto: "cp",
  upload: "put",
  download: "get",
  move: "mv",
  moveto: "mv",
  rename: "mv",
  delete: "rm",
  remove: "rm",
  del: "rm",
  purge: "rm",
  size: "du",
  make: "mb",
  mkdir: "mb",
  "create-bucket": "mb",
  rmdir: "rb",
  "delete-bucket": "rb",
  rcat: "pipe",
  check: "doctor",
  diagnose: "doctor",
  link: "presign",
  share: "presign",
  sign: "presign",
};

/** Our name of a command that another program knows under `name`. */
export function ownNameOf(name: string): string | undefined {
  return Object.hasOwn(FOREIGN, name) ? FOREIGN[name] : undefined;
}
