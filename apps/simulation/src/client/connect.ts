import type { SessionClock, TunnelConnection } from "@maxcompute-tunnel/session";
import { createTransport } from "@maxcompute-tunnel/transport";
import type { Schedule } from "../schedule/schedule.ts";
import type { Life } from "../time/life.ts";
import type { Random } from "../time/random.ts";
import { accessKey } from "../world/server.ts";
import { quickHmac } from "./hmac.ts";
import type { Outputs } from "./outputs.ts";
import type { Ports } from "./ports.ts";

/** What one life of a client works with. */
export interface ClientParts {
  readonly schedule: Schedule;
  readonly life: Life;
  /** The machine's clock, which may be wrong. */
  readonly now: () => number;
  readonly random: Random;
  readonly fetch: typeof fetch;
  readonly ports: Ports;
  readonly outputs: Outputs;
}

/** The region that V4 signatures name. */
export const region = "cn-simulated";

/** The real transport and session parts, with every power over them passed in. */
export function connect({
  schedule,
  life,
  now,
  random,
  fetch,
  ports,
  outputs,
}: ClientParts): TunnelConnection {
  const plainSleep = (ms: number, signal?: AbortSignal): Promise<void> => life.sleep(ms, signal);
  const sleep = ports.sleep?.(plainSleep) ?? plainSleep;
  const dice = (): number => random.next();
  const say = (message: string, fields?: object): void =>
    outputs.say(`${message} ${JSON.stringify(fields ?? {})}`);
  const transport = createTransport({
    credentials: { kind: "access-key", ...accessKey },
    ...(schedule.signing === "v4" ? { region } : {}),
    hmac: quickHmac,
    fetch: ports.fetch?.(fetch) ?? fetch,
    clock: now,
    sleep,
    random: dice,
    logger: { debug: say, warn: say },
  });
  const clock: SessionClock = { now, sleep, random: dice };
  return {
    transport: ports.transport?.(transport) ?? transport,
    endpoint: "http://emulator.invalid",
    clock,
  };
}
