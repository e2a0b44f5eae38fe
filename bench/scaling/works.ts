/** What is done by one lane, by two, and so on. */
export type Work = "read-file" | "read-shared" | "write-file";

/** Every work, in the order of the table. */
export const WORKS: readonly Work[] = ["read-file", "read-shared", "write-file"];

/** What a process is to do, as its one argument, in JSON. */
export interface Task {
  readonly work: Work;
  /** Where the bare server is. */
  readonly url: string;
  /** The object that is read, below the bucket. */
  readonly key: string;
  /** The file that is written, or read. */
  readonly path: string;
  /** Bytes of the object and of the file. */
  readonly size: number;
  /** Lanes of the bare loop; of Lade `LADE_LANES` says how many. */
  readonly lanes: number;
  /** Whether the bare loop takes the CRC-32C of what it moves, as Lade does. */
  readonly checked: boolean;
}

/** What a process prints, in JSON, of the second time that it did its work. */
export interface Done {
  readonly seconds: number;
  /** CPU time of the process, lanes included. */
  readonly cpuSeconds: number;
  /** CPU time of the server meanwhile. */
  readonly serverCpuSeconds: number;
}
