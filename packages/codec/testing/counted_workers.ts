import { startWorker, type WorkerLike } from "../zstd/worker_like.ts";

/** Starts Workers and knows how many run: one that is left keeps a process alive, and no sanitizer notices. */
export class CountedWorkers {
  started = 0;
  running = 0;

  readonly start = (): WorkerLike => {
    const worker = startWorker();
    const terminate = worker.terminate.bind(worker);
    this.started++;
    this.running++;
    worker.terminate = () => {
      this.running--;
      terminate();
    };
    return worker;
  };
}
