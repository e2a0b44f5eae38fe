#!/usr/bin/env node
// Starts the program with the Deno that npm has put beside this package.
"use strict";
const { spawn } = require("node:child_process");
const { constants } = require("node:os");
const { join } = require("node:path");

const FLAGS = process.platform === "win32" ? [/* WINDOWS FLAGS */] : [/* FLAGS */];

let deno;
try {
  deno = require("deno/install_api.cjs").runInstall();
} catch (error) {
  console.error(
    `lade: Cannot start: ${
      error.message.split("\n")[0]
    }; the package "deno" of npm has to be installed for this platform`,
  );
  process.exit(1);
}
const args = ["run", ...FLAGS, join(__dirname, "program", "main.js"), ...process.argv.slice(2)];
const env = { ...process.env, DENO_NO_UPDATE_CHECK: "1" };
if (process.execve) {
  // It says that it is experimental.
  process.removeAllListeners("warning");
  try {
    process.execve(deno, [deno, ...args], env);
  } catch {
    // It is started beside this process, or that says why it cannot be.
  }
}
// A terminal sends Ctrl-C and its end to both, which the program takes for one request. On Windows it alone sends them,
// and what is sent from here would end the program at once.
for (const signal of ["SIGINT", "SIGHUP", "SIGTERM", "SIGQUIT"]) {
  process.on(signal, () => process.platform === "win32" || child.kill(signal));
}
const child = spawn(deno, args, { stdio: "inherit", env });
child.on("error", ({ message }) => {
  console.error(`lade: Cannot start: ${message}`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
