/**
 * Writes a program that is run at once. Another process writes what is run: one that this process starts meanwhile, from
 * another thread, would hold it open for a moment, in which it is not run ("text file busy").
 */
export async function writeExecutable(path: string, bytes: Uint8Array): Promise<void> {
  const written = `${path}.written`;
  await Deno.writeFile(written, bytes, { mode: 0o755 });
  const { success } = await new Deno.Command("cp", { args: ["-p", written, path] }).output();
  if (!success) throw new Error(`Cannot copy ${written}`);
  await Deno.remove(written);
}
