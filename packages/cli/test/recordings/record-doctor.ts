import { createServer } from "node:http";
import { listenOnLoopback } from "@maxcompute-tunnel/testkit";
import { openRecorder } from "./recorder.ts";

/** `doctor` against a service that runs, a wrong endpoint, a wrong key, and with a clock that is wrong. */
export async function recordDoctor(): Promise<string> {
  await using recorder = await openRecorder(["create table people (id bigint, name string)"]);
  const { place, say, run } = recorder;
  const doctor = ["doctor", "proj.people"];
  say("# The service runs.");
  await run(doctor);
  say("\n# Nobody listens at the endpoint.");
  const closed = await listenOnLoopback(createServer());
  await closed[Symbol.asyncDispose]();
  await run(doctor, { env: { ...place.env, ODPS_ENDPOINT: closed.endpoint } });
  say("\n# The key's secret is wrong.");
  await run(doctor, { env: { ...place.env, ODPS_ACCESS_KEY: "not-the-secret" } });
  say("\n# This machine's clock is an hour ahead.");
  await run(doctor, { now: () => Date.now() + 3_600_000 });
  return recorder.text().replaceAll(new URL(closed.endpoint).host, "127.0.0.1:8081");
}
