/** Locks the file that is named, prints whether it could or why not, and stays until it is ended. */
import process from "node:process";
import { system, whyNoLocks } from "@lade/core/system";

const file = await system.open(process.argv[2] ?? "", { write: true });
console.log(await file.tryLock(true).catch(whyNoLocks));
setInterval(() => file.statSync(), 60_000);
