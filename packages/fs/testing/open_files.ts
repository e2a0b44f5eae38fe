/** How many descriptors of this process are of files whose path `isMeant`. */
export function openFiles(isMeant: (path: string) => boolean): number {
  return [...Deno.readDirSync("/proc/self/fd")].filter(({ name }) => {
    try {
      return isMeant(Deno.readLinkSync(`/proc/self/fd/${name}`));
    } catch {
      return false;
    }
  }).length;
}
