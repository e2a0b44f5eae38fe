/** Writes the same bytes to standard output again and again, and nothing else: `pipe_child.ts SIZE TIMES`. */
const [size = 0, times = 0] = Deno.args.map(Number);
const bytes = new Uint8Array(size).fill(7);
for (let i = 0; i < times; i++) {
  for (let at = 0; at < size;) at += Deno.stdout.writeSync(bytes.subarray(at));
}
