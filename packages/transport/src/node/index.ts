export { type AgentOptions, createAgent, type NodeAgent } from "./agent.ts";
export type { ProxySettings } from "./proxy.ts";
