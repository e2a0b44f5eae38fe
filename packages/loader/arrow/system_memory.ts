const NAME = new TextEncoder().encode("lade\0");
/** `PROT_READ | PROT_WRITE`, `MAP_SHARED`, `MFD_CLOEXEC`. */
const [READ_WRITE, SHARED, CLOSE_ON_EXEC] = [3, 1, 1];
const FAILED = 0xffff_ffff_ffff_ffffn;

/** Memory that another process can map. */
export interface SystemMemory {
  /** Where another process of this machine opens it, as long as it is not freed. */
  readonly path: string;
  /** All of it. Another one can be made once it is detached. */
  view(): ArrayBuffer;
  /** Gives it back, once no view is left here. Whoever has mapped it still has it. */
  free(): void;
}

/** Makes shared memory of Linux: files that have no name anywhere, so that none is left behind, whatever ends the process. */
export class SystemMemories implements Disposable {
  readonly #libc = Deno.dlopen("libc.so.6", {
    memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
    ftruncate: { parameters: ["i32", "i64"], result: "i32" },
    mmap: { parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"], result: "pointer" },
    munmap: { parameters: ["pointer", "usize"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
  });

  /** So many bytes, which take memory once they are written. A `RangeError` where no process can have so many. */
  take(size: number): SystemMemory {
    const { memfd_create, ftruncate, mmap, munmap, close } = this.#libc.symbols;
    const file = memfd_create(NAME, CLOSE_ON_EXEC);
    if (file < 0) throw new RangeError("the system makes no more shared memory");
    const failed = ftruncate(file, BigInt(size));
    const start = failed === 0 ? mmap(null, BigInt(size), READ_WRITE, SHARED, file, 0n) : null;
    if (start === null || Deno.UnsafePointer.value(start) === FAILED) {
      close(file);
      throw new RangeError(`there is no shared memory of ${size} bytes`);
    }
    return {
      path: `/proc/${Deno.pid}/fd/${file}`,
      view: () => Deno.UnsafePointerView.getArrayBuffer(start, size),
      free: () => {
        munmap(start, BigInt(size));
        close(file);
      },
    };
  }

  /** Takes no more. */
  [Symbol.dispose](): void {
    this.#libc.close();
  }
}
