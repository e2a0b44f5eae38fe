import { basePath, readSystemFile } from "@lade/core/backend";

const LIST = "/proc/self/mountinfo";
const ESCAPES = /\\([0-7]{3})/g;

/**
 * The mount point at or below a real path, if the system knows one: bind mounts too, which the number of the device
 * does not show. Where the list may not be read, only that number is left.
 */
export function mountPointBelow(path: string): string | undefined {
  const below = path.endsWith("/") ? path : `${path}/`;
  return mountPoints().find((point) => point.startsWith(below));
}

/** The mount point that a real path lies at or below; empty where the list may not be read. */
export function mountPointOf(path: string): string {
  const at = basePath(path);
  const points = mountPoints().filter((point) => `${at}/`.startsWith(`${basePath(point)}/`));
  return points.reduce((longest, point) => point.length > longest.length ? point : longest, "");
}

function mountPoints(): string[] {
  return (readSystemFile(LIST) ?? "").split("\n").flatMap((line) => {
    const point = line.split(" ")[4];
    return point === undefined ? [] : [point.replace(ESCAPES, (_, code) => byte(code))];
  });
}

function byte(octal: string): string {
  return String.fromCharCode(parseInt(octal, 8));
}
