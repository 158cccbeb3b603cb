import { createHmac } from "node:crypto";
import type { SessionClock, TunnelConnection } from "@maxcompute-tunnel/session";
import { createTransport } from "@maxcompute-tunnel/transport";
import type { Hmac } from "@maxcompute-tunnel/transport/signing";
import type { Schedule } from "../schedule/schedule.ts";
import type { Life } from "../time/life.ts";
import type { Random } from "../time/random.ts";
import { accessKey } from "../world/server.ts";
import type { Outputs } from "./outputs.ts";
import type { Ports } from "./ports.ts";

/** What one life of a client works with. */
export interface ClientParts {
  readonly schedule: Schedule;
  readonly life: Life;
  readonly random: Random;
  readonly fetch: typeof fetch;
  readonly ports: Ports;
  readonly outputs: Outputs;
}

/** Keyed hashes that never wait: a pool of threads has no order. */
const hmac: Hmac = {
  sha1: (key, data) => createHmac("sha1", key).update(data).digest(),
  sha256: (key, data) => createHmac("sha256", key).update(data).digest(),
};

/** The region that V4 signatures name. */
export const region = "cn-simulated";

/** The real transport and session parts, with every power over them passed in. */
export function connect({ schedule, life, random, fetch, ports, outputs }: ClientParts): TunnelConnection {
  const plainSleep = (ms: number, signal?: AbortSignal): Promise<void> => life.sleep(ms, signal);
  const sleep = ports.sleep?.(plainSleep) ?? plainSleep;
  const dice = (): number => random.next();
  const say = (message: string, fields?: object): void =>
    outputs.say(`${message} ${JSON.stringify(fields ?? {})}`);
  const transport = createTransport({
    credentials: { kind: "access-key", ...accessKey },
    ...(schedule.signing === "v4" ? { region } : {}),
    hmac,
    fetch: ports.fetch?.(fetch) ?? fetch,
    clock: () => life.now,
    sleep,
    random: dice,
    logger: { debug: say, warn: say },
  });
  const clock: SessionClock = { now: () => life.now, sleep, random: dice };
  return {
    transport: ports.transport?.(transport) ?? transport,
    endpoint: "http://emulator.invalid",
    clock,
  };
}
