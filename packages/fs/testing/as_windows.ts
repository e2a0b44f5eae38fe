/**
 * Makes this process take its system for Windows, as far as paths go: a drive is a directory `C:` of the working directory,
 * which Linux finds by the same paths, and the system's answers have backslashes. To be imported before anything else.
 *
 * @module
 */
const { cwd, realPath, realPathSync } = Deno;
const here = realPathSync(".");

function answer(path: string): string {
  return path.slice(here.length + 1).replaceAll("/", "\\").replace(/^([A-Z]:)$/, "$1\\");
}

Object.defineProperty(Deno, "build", { value: { ...Deno.build, os: "windows" } });
Object.assign(Deno, {
  cwd: () => `C:\\${cwd().slice(here.length + 1)}`,
  realPath: async (path: string) => answer(await realPath(path)),
  realPathSync: (path: string) => answer(realPathSync(path)),
});
