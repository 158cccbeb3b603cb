import type { UploadJournal } from "@maxcompute-tunnel/writer";
import { openFileJournal } from "@maxcompute-tunnel/writer/node";
import type { Life } from "../time/life.ts";
import type { Disk } from "../world/disk.ts";

/** Opens the job's journal, the real one in a file, on the client's disk; locks of lives that have ended hold nobody. */
export function openJournal(disk: Disk, life: Life, lifeNumber: number): Promise<UploadJournal> {
  return openFileJournal("/journals/simulated.journal", {
    fileSystem: disk.mount(life),
    processes: {
      self: async () => ({ pid: lifeNumber, startedAt: "", host: "client", machine: "client", boot: "1" }),
      isRunning: async ({ pid }) => (pid === lifeNumber ? "yes" : "no"),
    },
    sleep: (ms) => life.sleep(ms),
  });
}
