import type { Schedule } from "../schedule/schedule.ts";
import type { Life } from "../time/life.ts";
import { type Row, rowsOf } from "./rows.ts";
import type { Watcher } from "./watcher.ts";

/** The rows as their source gives them: at once, but where a fault makes it slow. */
export async function* pacedRows(
  schedule: Schedule,
  life: Life,
  watcher: Pick<Watcher, "pauses">,
): AsyncGenerator<Row, void, undefined> {
  const pauses = schedule.faults.filter((fault) => fault.kind === "slow-source");
  for (const row of rowsOf(schedule)) {
    for (const pause of pauses) {
      if (BigInt(pause.row) === row.id) {
        watcher.pauses += 1;
        await life.wait(pause.ms, "slow source");
      }
    }
    yield row;
  }
}
