import { peer } from "../peers.ts";
import { ladeAt, ladeChildAt, ladeCommand, type Program, rclone, s3dlioAt } from "../programs.ts";

/** The container. */
export const S3 = "s3://bench";

/** The library of this checkout. */
export function ladeChild(...args: readonly string[]): readonly string[] {
  return ladeChildAt(S3, ...args);
}

/** Lade. */
export const lade: Program = ladeAt(S3);

/** Lade, reading or writing files past the page cache. */
export const ladeDirect: Program = {
  name: "lade direct://",
  get: (key, path) => ladeCommand("cp", `${S3}/${key}`, `direct://${path}`),
};

/** The AWS CLI on trees, where it takes ten times as long as the others. */
export function awsTrees(): Program[] {
  const aws = peer("venv", "bin", "aws");
  if (aws === undefined) return [];
  const copy = (from: string, to: string) => [aws, "s3", "cp", "--only-show-errors", "--recursive", from, to];
  return [{
    name: "aws-cli",
    getTree: (prefix, directory) => copy(`${S3}/${prefix}`, directory),
    putTree: (directory, prefix) => copy(directory, `${S3}/${prefix}`),
  }];
}

/** The peers that are there. */
export function peerPrograms(): Program[] {
  const s5cmd = peer("venv", "bin", "s5cmd");
  const aws = peer("venv", "bin", "aws");
  const programs: Program[] = [];
  if (s5cmd) {
    programs.push({
      name: "s5cmd",
      get: (key, path) => [s5cmd, "cp", `${S3}/${key}`, path],
      put: (path, key) => [s5cmd, "cp", path, `${S3}/${key}`],
      getTree: (prefix, directory) => [s5cmd, "cp", `${S3}/${prefix}*`, `${directory}/`],
      putTree: (directory, prefix) => [s5cmd, "cp", `${directory}/`, `${S3}/${prefix}`],
      list: (prefix) => [s5cmd, "ls", `${S3}/${prefix}*`],
    });
  }
  programs.push(...s3dlioAt(S3));
  if (aws) {
    programs.push({
      name: "aws-cli",
      get: (key, path) => [aws, "s3", "cp", "--only-show-errors", `${S3}/${key}`, path],
      put: (path, key) => [aws, "s3", "cp", "--only-show-errors", path, `${S3}/${key}`],
    });
  }
  return [...programs, ...rclone()];
}
