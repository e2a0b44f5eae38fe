/** Whether work may go to threads that nobody asked for: on Deno, where there is a core for one and `LADE_LANES` is not 0. */
export function mayHaveThreads(): boolean {
  return typeof Deno !== "undefined" && navigator.hardwareConcurrency > 1 && !areLanesOff();
}

function areLanesOff(): boolean {
  const name = "env", variable = "LADE_LANES";
  return Deno.permissions.querySync({ name, variable }).state === "granted" &&
    Deno.env.get(variable)?.trim() === "0";
}
